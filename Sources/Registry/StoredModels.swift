public import Authority
import Definition
import Wire

/// Where an agent's models are asked, as it is stored: for those who have no mandate at hand.
public struct StoredModels: Sendable {
    private let store: any RegistryStore

    public init(store: any RegistryStore) {
        self.store = store
    }

    public func models(of agent: AgentID, in organization: OrganizationID) async throws -> [ModelSlot] {
        if let own = try await store.agent(agent, in: organization)?.definition[ModelSlot.listKey] {
            return try Administration.models(own)
        }
        guard let stored = try await store.document(Administration.modelsDocument, in: organization) else { return [] }
        return try Administration.models(stored)
    }
}
