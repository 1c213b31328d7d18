import Authority
public import Gate
import Ledger
public import Logging
import Synchronization
public import Telemetry
import Turns
import Wire

/// Presses of buttons that count for nothing. All are counted; of one sender on one message a leaf an hour says so, so that nobody
/// fills the ledger by pressing.
public final class RefusedPresses: Sendable {
    enum Reason: String {
        case unknownSender = "unknown-sender"
        case notTheirCard = "not-their-card"
        case notEntitled = "not-entitled"
    }

    private struct Press: Hashable {
        let account: ChannelAccountID
        let sender: SenderID
        let shown: String
    }

    private let commits: any Commits
    private let refusals: Counter
    private let world: World
    private let log: Logger
    /// Until when the same isn't written again.
    private let written = Mutex<[Press: Timestamp]>([:])

    private static let most = 1_000
    private static let seconds: Int64 = 3_600

    public init(commits: any Commits, refusals: Counter, world: World, log: Logger) {
        self.commits = commits
        self.refusals = refusals
        self.world = world
        self.log = log
    }

    func note(_ press: ButtonPress, of person: PersonID?, _ reason: Reason) async {
        refusals.add(1, [press.account.kind.rawValue, "press"])
        let now = world.now()
        guard mayWrite(Press(account: press.account, sender: press.sender, shown: press.shown), at: now) else { return }
        var fields: JSONObject = [
            "change": "press.refused", "reason": .string(reason.rawValue), "account": .string("\(press.account)"),
            "sender": .string(press.sender.raw), "approval": .string(press.approval),
            "choice": .string(press.choice.rawValue),
        ]
        fields["person"] = person.map { .string($0.raw) }
        do {
            let leaf = try Leaf(kind: .session, time: now.microseconds, fields: fields)
            try await commits.commit(
                Transaction(leaves: [PlacedLeaf(leaf, in: .organization(press.account.organization))]))
        } catch {
            log.error("a refused press can't be recorded", metadata: ["error": "\(error)"])
        }
    }

    private func mayWrite(_ press: Press, at now: Timestamp) -> Bool {
        written.withLock { written in
            if let until = written[press], now < until { return false }
            if written.count >= RefusedPresses.most {
                written = written.filter { now < $0.value }
                guard written.count < RefusedPresses.most else { return false }
            }
            written[press] = now.adding(seconds: RefusedPresses.seconds)
            return true
        }
    }
}
