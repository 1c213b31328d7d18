import Authority
import Definition
import Gate
import Wire

extension PlanWriter {
    /// Where agents that name no models ask.
    mutating func add(_ given: [ModelSlot]) {
        namesModels = true
        modelsThen = given
        guard given != models else { return }
        organizationChanges.append(
            Plan.KeyChange(
                key: ModelSlot.listKey, before: models.isEmpty ? nil : ModelSlot.json(models),
                after: ModelSlot.json(given)))
        newlyForAll += newlyAsked(models, given).map { "every agent that names no models may newly \($0)" }
        changes.append(Administration.asking(given, in: organization.id))
        bumps.append(.organization(organization.id))
    }

    /// Where an agent's models could newly be asked. What changes for all that name none is said once.
    func asked(_ definition: AgentDefinition, _ earlier: AgentView?) -> [String] {
        let before = earlier.map { $0.definition.models ?? models } ?? []
        let isForAll = earlier != nil && earlier?.definition.models == nil && definition.models == nil
        return isForAll ? [] : newlyAsked(before, definition.models ?? modelsThen)
    }
}
