public import Authority
public import Gate

/// Receives what schedules say: a turn of their agent that nobody asked for, if whoever set it still may.
public struct ScheduleReception: Reception {
    private let others: any Reception
    private let store: any ScheduleStore
    private let terms: ScheduleTerms

    /// - Parameter others: receives what comes from elsewhere.
    public init(others: any Reception, store: any ScheduleStore, terms: ScheduleTerms) {
        self.others = others
        self.store = store
        self.terms = terms
    }

    public func receive(_ message: InboundMessage) async throws -> Received {
        guard message.account.kind == .schedule else { return try await others.receive(message) }
        guard let record = try await store.schedule(ScheduleID(message.account.name)),
            record.organization == message.account.organization
        else { return .ignored("it isn't in the agent's definition any more") }
        if let reason = try await terms.lacks(record) { return .ignored(reason) }
        return .turn(record.agent, .nobody, nil)
    }

    public func isStill(
        _ requester: Requester, _ sender: SenderID?, in organization: OrganizationID
    ) async throws -> Bool {
        try await others.isStill(requester, sender, in: organization)
    }
}
