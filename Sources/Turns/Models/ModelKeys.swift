import Authority
import Gate

/// The keys of models, each by the owner that the slot names and by nobody else.
struct ModelKeys: Sendable {
    let connections: any ConnectionSource

    enum Found {
        /// The key is this one as long as nothing that was read has moved.
        case endpoint(ModelEndpoint, under: [EpochReading])
        case none(String)
    }

    func endpoint(_ slot: ModelSlot, for agent: AgentID, in organization: OrganizationID) async throws -> Found {
        guard let key = slot.key else { return .endpoint(ModelEndpoint(slot, key: nil), under: []) }
        let found = try await connections.connections(
            of: key.owner(for: agent), at: key.provider, in: organization)
        let held = found.connections.filter { $0.organization == organization }
        switch modelKey(of: slot, key, for: agent, held: held.map(\.facts), chosen: found.chosen[agent]) {
        case .failure(let fault): return .none(fault.sentence(of: slot, key, for: agent))
        case .success(let id):
            return .endpoint(ModelEndpoint(slot, key: held.first { $0.facts.id == id }), under: [found.epoch])
        }
    }
}
