import Authority
public import Logging
public import Telemetry
public import Turns

/// Stores what a platform told, by whatever way it came, before the platform is told that it was taken.
public struct HookDesk: Sendable {
    private let inbox: InboxDesk
    private let presses: ButtonDesk
    private let readership: any Readership
    private let refusals: Counter
    private let log: Logger

    /// - Parameter refusals: what starts nothing, by channel and reason.
    public init(inbox: InboxDesk, presses: ButtonDesk, readership: any Readership, refusals: Counter, log: Logger) {
        self.inbox = inbox
        self.presses = presses
        self.readership = readership
        self.refusals = refusals
        self.log = log
    }

    /// What the platform is told. It is 5xx when the platform has to tell it again.
    public func take(_ outcome: HookOutcome, of account: ChannelAccountID) async -> HookReply {
        switch outcome {
        case .answered(let reply): return reply
        case .heldBack(let reply):
            count("held-back", account.kind)
            log.warning("the platform held events back", metadata: ["account": "\(account)"])
            return reply
        case .refused(let refusal):
            count(refusal.counted, account.kind)
            log.warning("a hook was refused", metadata: ["account": "\(account)", "reason": "\(refusal.rawValue)"])
            return HookReply(status: refusal.status, body: Array("\(refusal.sentence)\n".utf8))
        case .messages(let messages, let reply):
            do {
                for message in messages {
                    switch try await inbox.take(message) {
                    case .new: break
                    case .repeated: count("duplicate", account.kind)
                    }
                }
                return reply
            } catch {
                log.error("a message can't be stored", metadata: ["account": "\(account)", "error": "\(error)"])
                return HookReply(status: 503)
            }
        case .moved(let peer, let reply):
            readership.forget(peer, of: account)
            return reply
        case .pressed(let press, let reply):
            await presses.take(press)
            return reply
        }
    }

    func count(_ reason: String, _ kind: ChannelKind?) {
        refusals.add(1, [kind?.rawValue ?? "none", reason])
    }
}
