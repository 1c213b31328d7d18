import Authority
import Broker
import Gate

extension TransactionWriter {
    private static let choose = Query(
        """
        INSERT INTO account_choices (organization, owner_kind, owner, provider, agent, connection, account, chosen_by, at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (organization, owner_kind, owner, provider, agent) DO UPDATE SET connection = excluded.connection,
        account = excluded.account, chosen_by = excluded.chosen_by, at = excluded.at
        """)
    private static let takeBack = Query(
        """
        DELETE FROM account_choices
        WHERE organization = $1 AND owner_kind = $2 AND owner = $3 AND provider = $4 AND agent = $5
        """)
    private static let forget = Query(
        "DELETE FROM account_choices WHERE organization = $1 AND owner_kind = $2 AND owner = $3")

    func apply(choice change: ChoiceChange) async throws {
        switch change {
        case .choose(let choice):
            try await session.run(
                TransactionWriter.choose,
                [
                    choice.organization.raw, choice.owner.kind, choice.owner.name, choice.provider.raw,
                    choice.agent.raw, choice.chosen.connection.raw, choice.chosen.account, choice.by,
                    choice.at.microseconds,
                ])
        case .takeBack(let organization, let agent, let owner, let provider):
            try await session.run(
                TransactionWriter.takeBack, [organization.raw, owner.kind, owner.name, provider.raw, agent.raw])
        case .forget(let organization, let owner):
            try await session.run(TransactionWriter.forget, [organization.raw, owner.kind, owner.name])
        }
    }
}
