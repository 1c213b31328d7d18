import Authority
public import Logging
public import Telemetry
public import Turns

/// Stores what a platform told, by whatever way it came, before the platform is told that it was taken.
public struct HookDesk: Sendable {
    private let inbox: InboxDesk
    private let presses: ButtonDesk
    private let floods: FloodDesk
    private let readership: any Readership
    private let bounds: InboxBounds
    private let refusals: Counter
    private let log: Logger

    /// - Parameter refusals: what starts nothing, by channel and reason.
    public init(
        inbox: InboxDesk, floods: FloodDesk, presses: ButtonDesk, readership: any Readership,
        bounds: InboxBounds = InboxBounds(), refusals: Counter, log: Logger
    ) {
        self.inbox = inbox
        self.floods = floods
        self.presses = presses
        self.readership = readership
        self.bounds = bounds
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
                    switch try await inbox.take(message, within: bounds) {
                    case .taken(.new): break
                    case .taken(.repeated): count("duplicate", account.kind)
                    case .flooded:
                        // Telling it again would only be more of it.
                        count("flood", account.kind)
                        log.warning("a sender writes too much at once", metadata: ["account": "\(account)"])
                        await floods.tell(message, .dropped)
                    case .full:
                        count("full", account.kind)
                        log.error("too many messages wait", metadata: ["account": "\(account)"])
                        await floods.tell(message, .refused)
                        return HookReply(status: 503)
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
