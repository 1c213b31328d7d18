public import Authority
import Definition
import Gate
public import Wire

/// Where models are asked: an agent's own list, or its organization's for all agents that name none.
extension Administration {
    static let modelsDocument = "models"

    /// Where agents that name no models ask, first choice first.
    public func models(in organization: OrganizationID) async throws(RegistryError) -> [ModelSlot] {
        guard let stored = try await read({ try await store.document(Administration.modelsDocument, in: organization) })
        else { return [] }
        return try Administration.models(stored)
    }

    static func models(_ stored: JSON) throws(RegistryError) -> [ModelSlot] {
        do throws(DefinitionProblems) { return try ModelSlot.list(stored) } catch {
            throw RegistryError(.unavailable, "the organization's models can't be read", hint: "apply them again")
        }
    }

    static func asking(_ models: [ModelSlot], in organization: OrganizationID) -> RegistryChange {
        .setDocument(organization, modelsDocument, ModelSlot.json(models))
    }

    /// Adds a place behind the others, or puts it where one of the same name is.
    ///
    /// - Parameter agent: nil for all that name none.
    /// - Throws: `invalid` for what can't be.
    public func putModel(
        _ given: JSON, of agent: AgentID?, by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) -> ModelSlot {
        let slot: ModelSlot
        do throws(DefinitionProblems) { slot = try ModelSlot.list([given])[0] } catch {
            let lines = error.problems.map { $0.message + ($0.hint.map { " (\($0))" } ?? "") }
            throw RegistryError(.invalid, lines.joined(separator: "; "))
        }
        try await changeModels(of: agent, by: administrator, in: organization) { models in
            if let place = models.firstIndex(where: { $0.name == slot.name }) {
                models[place] = slot
            } else {
                models.append(slot)
            }
        }
        return slot
    }

    /// - Throws: `unknown` when there is none of this name.
    public func removeModel(
        _ name: String, of agent: AgentID?, by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) {
        try await changeModels(of: agent, by: administrator, in: organization) { models throws(RegistryError) in
            guard let place = models.firstIndex(where: { $0.name == name }) else {
                throw RegistryError(
                    .unknown, "there is no model `\(name)`",
                    hint: suggestion(for: name, among: models.map(\.name)) ?? "`deputy models list` lists them")
            }
            models.remove(at: place)
        }
    }

    private func changeModels(
        of agent: AgentID?, by administrator: Administrator, in organization: OrganizationID,
        _ change: (inout [ModelSlot]) throws(RegistryError) -> Void
    ) async throws(RegistryError) {
        if let agent {
            let view = try await self.agent(agent, in: organization)
            var models = view.definition.models ?? []
            try change(&models)
            _ = try await editAgent(
                agent, changes: [ModelSlot.listKey: models.isEmpty ? .null : ModelSlot.json(models)],
                expecting: view.record.definition.digest, by: administrator, in: organization)
            return
        }
        let unmoved = await [reading(.organization(organization))]
        var models = try await models(in: organization)
        let before = models
        try change(&models)
        try await commit(
            Transaction(
                requires: unmoved, bumps: [.organization(organization)],
                changes: [Administration.asking(models, in: organization)],
                leaves: [
                    try leaf(
                        [
                            "change": "models.set", "by": .string(administrator.text),
                            "models": ModelSlot.json(models),
                            "new": .array(newlyAsked(before, models).map { .string($0) }),
                        ], in: organization)
                ]))
    }
}
