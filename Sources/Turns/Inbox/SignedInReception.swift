public import Authority

/// Receives what people write who have signed in: they say themselves which agent they talk to, and the gate says whether
/// they may.
public struct SignedInReception: Reception {
    private let others: any Reception

    /// - Parameter others: receives what comes from elsewhere.
    public init(others: any Reception) {
        self.others = others
    }

    public func receive(_ message: InboundMessage) async throws -> Received {
        guard message.account.kind.nature.knowsPeople else { return try await others.receive(message) }
        switch message.sender {
        case .person(let person):
            guard let agent = message.agent else { return .ignored("it names no agent") }
            return .turn(agent, .person(person), nil)
        case .external: return .ignored("nobody has signed in")
        }
    }

    public func isStill(
        _ requester: Requester, _ sender: SenderID?, in organization: OrganizationID
    ) async throws -> Bool {
        // Whether a person who has signed in may still act, the gate says.
        sender == nil ? true : try await others.isStill(requester, sender, in: organization)
    }
}
