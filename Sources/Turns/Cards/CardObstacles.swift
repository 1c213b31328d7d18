import Authority
public import Gate

/// Why a card that waits can't be answered by whoever was shown it any more, though its approval waits still.
public struct CardObstacles: Sendable {
    private let senders: any Senders
    private let approvals: ApprovalDesk

    public init(senders: any Senders, approvals: ApprovalDesk) {
        self.senders = senders
        self.approvals = approvals
    }

    /// Nil while the card stands.
    func obstacle(
        to approval: ApprovalID, shownTo sender: SenderID, in organization: OrganizationID
    ) async throws -> String? {
        let external = Sender.external(sender, SenderStanding(proof: .platform))
        guard let person = try await senders.person(of: external, in: organization)?.person else {
            return CardObstacles.notTheirs
        }
        let card: ApprovalCard
        do throws(ApprovalError) {
            card = try await approvals.card(approval, for: person, in: organization)
        } catch {
            if case .unknown = error { return CardObstacles.notTheirs }
            throw error
        }
        if card.obstacle != nil { return CardObstacles.away }
        let obligations = card.findings.compactMap { finding in
            switch finding.kind {
            case .obligation(let obligation): obligation.approvers
            case .denial, .need: nil
            }
        }
        let isTheirs = obligations.isEmpty || obligations.contains { $0.contains(person) }
        return isTheirs ? nil : CardObstacles.notTheirs
    }

    static let notTheirs = "it isn't yours to answer any more."
    static let away = "its tool is away or has changed, so nobody can agree to it now. The page shows it."
}
