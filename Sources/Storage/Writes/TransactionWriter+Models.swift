import Authority
import Turns
import Wire

extension TransactionWriter {
    private static let putModel = Query(
        """
        INSERT INTO model_endpoints (organization, name, record) VALUES ($1, $2, $3)
        ON CONFLICT (organization, name) DO UPDATE SET record = excluded.record
        """)
    private static let removeModel = Query("DELETE FROM model_endpoints WHERE organization = $1 AND name = $2")
    private static let chooseModel = Query(
        """
        INSERT INTO model_choices (organization, agent, record) VALUES ($1, $2, $3)
        ON CONFLICT (organization, agent) DO UPDATE SET record = excluded.record
        """)

    func apply(model change: ModelChange) async throws {
        switch change {
        case .put(let endpoint, let organization):
            try await session.run(TransactionWriter.putModel, [organization.raw, endpoint.name, endpoint.json.text])
        case .remove(let name, let organization):
            try await session.run(TransactionWriter.removeModel, [organization.raw, name])
        case .choose(let choice, let agent, let organization):
            try await session.run(TransactionWriter.chooseModel, [organization.raw, agent.raw, choice.json.text])
        }
    }
}
