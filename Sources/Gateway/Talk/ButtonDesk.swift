import Authority
public import Gate
public import Logging
public import Turns
import Wire

/// Buttons under an approval that was shown in a conversation. A press is as good as the person who pressed: their sender must
/// be linked to somebody who may answer at that moment, the button has to stand on the card that they were shown, and what they
/// agree to is the very call that the approval is for. Every other press is recorded.
public struct ButtonDesk: Sendable {
    private let senders: any Senders
    private let approvals: ApprovalDesk
    private let cards: CardReader
    private let refused: RefusedPresses
    private let say: @Sendable (ButtonPress, OutboundContent, _ replacing: String?) async -> Void
    private let log: Logger

    /// - Parameter say: tells whoever pressed, and nobody else; in the place of the message that bore the button, where there
    ///   is nothing left to press.
    public init(
        senders: any Senders, approvals: ApprovalDesk, cards: CardReader, refused: RefusedPresses,
        say: @escaping @Sendable (ButtonPress, OutboundContent, _ replacing: String?) async -> Void, log: Logger
    ) {
        self.senders = senders
        self.approvals = approvals
        self.cards = cards
        self.refused = refused
        self.say = say
        self.log = log
    }

    /// Of two people who must both agree, the one who comes first begins nothing.
    private static let first = "agreed. It waits for somebody else's yes too."
    private static let last = "agreed. I go on with it now."

    public func take(_ press: ButtonPress) async {
        let (text, isOver) = await answer(press)
        await say(press, .notice(text, link: nil), isOver ? press.shown : nil)
    }

    /// What came of it, and whether nobody can answer any more.
    private func answer(_ press: ButtonPress) async -> (text: String, isOver: Bool) {
        let organization = press.account.organization
        let sender = Sender.external(press.sender, SenderStanding(proof: .platform, isBot: press.isBot))
        let id = ApprovalID(press.approval)
        var person: PersonID?
        do {
            guard let known = try await senders.person(of: sender, in: organization) else {
                await refused.note(press, of: nil, .unknownSender)
                return ("I don't know who you are here, so your answer doesn't count.", false)
            }
            person = known.person
            guard try await cards.isTheirs(press) else {
                if let words = await whatBecame(of: id, for: known.person, in: organization) { return (words, false) }
                await refused.note(press, of: person, .notTheirCard)
                return ("This isn't a card that you were shown, so it doesn't count. Use your own, or the page.", false)
            }
            let card = try await approvals.card(id, for: known.person, in: organization)
            switch press.choice {
            case .approve where card.obstacle != nil:
                return ("It can't be approved now: its tool has changed or is away. Deny it, or look later.", false)
            case .approve:
                try await approvals.approve(id, by: known.person, in: organization, shown: card.approval.digest)
                let waits = try await approvals.card(id, for: known.person, in: organization).approval.state == .waiting
                return ("\(card.title): \(waits ? ButtonDesk.first : ButtonDesk.last)", true)
            case .deny:
                try await approvals.deny(
                    id, by: known.person, in: organization, shown: card.approval.digest, reason: "")
                return ("\(card.title): denied. It won't be done.", true)
            }
        } catch let error as ApprovalError {
            if error.isForeign { await refused.note(press, of: person, .notEntitled) }
            return (error.message, error.isOver)
        } catch {
            log.error("a button can't be answered", metadata: ["account": "\(press.account)", "error": "\(error)"])
            return ("That can't be answered just now. Try again, or use the link.", false)
        }
    }
}

extension ButtonDesk {
    /// Of an approval that this person could answer and that is decided; nil for every other.
    private func whatBecame(of id: ApprovalID, for person: PersonID, in organization: OrganizationID) async -> String? {
        guard let approval = try? await approvals.card(id, for: person, in: organization).approval,
            approval.state != .waiting
        else { return nil }
        return ApprovalError.decided(approval.state, by: approval.yes).message
    }
}

extension ApprovalError {
    /// Whether it is no answer of whoever pressed.
    fileprivate var isForeign: Bool {
        switch self {
        case .unknown, .notEntitled: true
        case .decided, .void, .changed, .noWindow, .invalid, .refused, .tooManyAsks, .unavailable: false
        }
    }

    /// Whether whoever pressed has nothing left to answer.
    fileprivate var isOver: Bool {
        switch self {
        case .decided, .void: true
        case .unknown, .changed, .notEntitled, .noWindow, .invalid, .refused, .tooManyAsks, .unavailable: false
        }
    }
}
