import Authority
import Broker
import Gate
import Wire

extension TransactionWriter {
    private static let openFlow = Query(
        """
        INSERT INTO connect_flows (id, organization, person, owner_kind, owner, agent, provider, revision, state, until,
          record, sealed, created)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING RETURNING id
        """)
    private static let stepFlow = Query(
        """
        UPDATE connect_flows SET revision = $1, state = $2, until = $3, record = $4, sealed = $5
        WHERE id = $6 AND revision = $7 RETURNING id
        """)
    private static let dropFlows = Query("DELETE FROM connect_flows WHERE organization = $1 AND person = $2")

    func apply(connect change: ConnectChange) async throws {
        switch change {
        case .open(let flow):
            let aim = flow.aim
            try await mustChange(
                TransactionWriter.openFlow,
                [
                    flow.id.raw, aim.organization.raw, aim.person.raw, aim.owner.kind, aim.owner.name,
                    aim.agent?.raw ?? "", aim.provider.raw, flow.revision, flow.state?.bytes,
                    flow.stage.until?.microseconds, flow.stage.json.text, flow.stage.sealed,
                    flow.created.microseconds,
                ], flow.id.raw)
        case .step(let flow):
            try await mustChange(
                TransactionWriter.stepFlow,
                [
                    flow.revision, flow.state?.bytes, flow.stage.until?.microseconds, flow.stage.json.text,
                    flow.stage.sealed, flow.id.raw, flow.revision - 1,
                ], flow.id.raw)
        case .drop(let organization, let person):
            try await session.run(TransactionWriter.dropFlows, [organization.raw, person.raw])
        }
    }
}
