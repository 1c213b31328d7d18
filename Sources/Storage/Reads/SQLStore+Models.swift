public import Authority
public import Turns
import Wire

extension SQLStore: ModelStore {
    private static let endpoints = Query("SELECT record FROM model_endpoints WHERE organization = $1 ORDER BY name")
    private static let choice = Query("SELECT record FROM model_choices WHERE organization = $1 AND agent = $2")

    public func modelEndpoints(in organization: OrganizationID) async throws -> [ModelEndpoint] {
        try await rows(SQLStore.endpoints, [organization.raw]).map { row in
            guard let endpoint = ModelEndpoint(json: try SQLStore.record(row)) else {
                throw StorageError(.corrupt, "a model can't be read")
            }
            return endpoint
        }
    }

    public func modelChoice(of agent: AgentID, in organization: OrganizationID) async throws -> ModelChoice? {
        guard let row = try await row(SQLStore.choice, [organization.raw, agent.raw]) else { return nil }
        guard let choice = ModelChoice(json: try SQLStore.record(row)) else {
            throw StorageError(.corrupt, "the models of `\(agent)` can't be read")
        }
        return choice
    }

    private static func record(_ row: Row) throws -> JSON { try JSON.parse(Array((row["record"] as String).utf8)) }
}
