import Authority
public import Gate
public import Logging
public import Turns
import Wire

/// Buttons under an approval that was shown in a conversation. A press is as good as the person who pressed: their sender must
/// be linked to somebody who may answer at that moment, and what they agree to is the very call that the approval is for.
public struct ButtonDesk: Sendable {
    private let senders: any Senders
    private let approvals: ApprovalDesk
    private let say: @Sendable (ButtonPress, OutboundContent) async -> Void
    private let log: Logger

    /// - Parameter say: tells whoever pressed, and nobody else.
    public init(
        senders: any Senders, approvals: ApprovalDesk,
        say: @escaping @Sendable (ButtonPress, OutboundContent) async -> Void, log: Logger
    ) {
        self.senders = senders
        self.approvals = approvals
        self.say = say
        self.log = log
    }

    public func take(_ press: ButtonPress) async {
        await say(press, .notice(await answer(press), link: nil))
    }

    private func answer(_ press: ButtonPress) async -> String {
        let organization = press.account.organization
        let sender = Sender.external(press.sender, SenderStanding(proof: .platform, isBot: press.isBot))
        let id = ApprovalID(press.approval)
        do {
            guard let known = try await senders.person(of: sender, in: organization) else {
                return "I don't know who you are here, so your answer doesn't count."
            }
            let card = try await approvals.card(id, for: known.person, in: organization)
            switch press.choice {
            case .approve:
                try await approvals.approve(id, by: known.person, in: organization, shown: card.approval.digest)
                return "Agreed. I go on with it now."
            case .deny:
                try await approvals.deny(
                    id, by: known.person, in: organization, shown: card.approval.digest, reason: "")
                return "Denied. It won't be done."
            }
        } catch let error as ApprovalError {
            return error.message
        } catch {
            log.error("a button can't be answered", metadata: ["account": "\(press.account)", "error": "\(error)"])
            return "That can't be answered just now. Try again, or use the link."
        }
    }
}
