import Authority
import Gate
import Gateway
import Storage
import Telemetry
import Turns

extension Doctor {
    /// Mailboxes that can't be read, and what came to channels and was refused. Both are known to a running gateway alone.
    func examineChannels() async -> [DoctorFinding] { mailboxFindings + (await postponedFindings) + refusalFindings }

    /// Mails that wait for their senders' next hour.
    private var postponedFindings: [DoctorFinding] {
        get async {
            var findings: [DoctorFinding] = []
            for record in (try? await home.store.channelAccounts(in: home.organization)) ?? [] {
                let waiting = (try? await home.store.postponedMails(of: record.account.id)) ?? 0
                guard waiting > 0 else { continue }
                findings.append(
                    DoctorFinding(
                        .warning,
                        "\(waiting) mails to `\(record.account.id)` wait, because their senders wrote too many within an hour",
                        hint: "they are unread in the mailbox: what shouldn't be taken at all is deleted there"))
            }
            return findings
        }
    }

    private var mailboxFindings: [DoctorFinding] {
        mailboxes.troubles.sorted { "\($0.key)" < "\($1.key)" }.map { account, trouble in
            let seconds = (world.now().microseconds - trouble.since.microseconds) / 1_000_000
            return DoctorFinding(
                seconds < 60 ? .warning : .bad,
                "the mailbox of `\(account)` can't be read, since \(Ago.words(seconds: seconds)): \(trouble.reason)",
                hint:
                    "see `deputy channels list` and its connection; it is tried again, every five minutes at the least")
        }
    }

    private var refusalFindings: [DoctorFinding] {
        var reasons: [String: [(reason: String, count: Int)]] = [:]
        for sample in refusals.families().flatMap(\.samples) where sample.value > 0 {
            let labels = Dictionary(uniqueKeysWithValues: sample.labels.map { ($0.name, $0.value) })
            guard let channel = labels["channel"], let reason = labels["reason"], !Doctor.usual.contains(reason) else {
                continue
            }
            reasons[channel, default: []].append((reason, Int(sample.value)))
        }
        return reasons.sorted { $0.key < $1.key }.map { channel, counts in
            let told = counts.map { "\($0.count) \($0.reason)" }.joined(separator: ", ")
            return DoctorFinding(
                .warning, "what came to `\(channel)` and was refused since the gateway began: \(told)",
                hint: counts.compactMap { Doctor.meaning[$0.reason] }.first)
        }
    }

    /// What happens where nothing is wrong.
    private static let usual: Set<String> = [
        "duplicate", "rate", MailRefusal.automatic.rawValue, MailRefusal.list.rawValue, MailRefusal.ownMail.rawValue,
        MailRefusal.tooMany.rawValue, FileRefusal.type.rawValue, FileRefusal.size.rawValue,
        FileRefusal.many.rawValue,
        FileRefusal.content.rawValue, FileRefusal.unseen.rawValue, FileRefusal.gone.rawValue,
    ]

    private static let meaning: [String: String] = [
        "forged":
            "the signing secret isn't this app's, or somebody tries: see `deputy channels add` and the app's page",
        "unsigned": "somebody who isn't the platform posts there, or a proxy takes the signature away",
        "stale": "this machine's clock is off, or somebody repeats old requests",
        "foreign": "the account's app or team isn't the one that posts: see `deputy channels list`",
        "unknown-account": "the platform posts to an account that isn't there: see `deputy channels list`",
        "flood": "somebody has 200 messages waiting, and what they wrote beyond that wasn't taken",
        "full": "20000 messages wait at one account: models or the machine are too slow for what is written there",
        "no-room": "more came at once than is read before it is known who sent it; the platform sends it again",
        "held-back": "the platform kept events back because there were too many",
    ]
}
