public import Authority

extension RegistryFacts {
    /// Where this agent's models are asked, first choice first: where its definition says, else where its organization does.
    public func models(of mandate: Mandate) async throws -> [ModelSlot] {
        if let own = mandate.definition.models { return own }
        guard let stored = try await store.document(Administration.modelsDocument, in: mandate.organization) else {
            return []
        }
        return try Administration.models(stored)
    }
}
