import Authority
import Gate
import Registry
import Wire

extension TransactionWriter {
    private static let addOrganization = Query(
        """
        INSERT INTO organizations (id, name, domains, standing) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING RETURNING id
        """)
    private static let replaceOrganization = Query(
        "UPDATE organizations SET id = $1, name = $2, domains = $3, standing = $4 WHERE id = $1 RETURNING id")
    private static let addPerson = Query(
        """
        INSERT INTO people (organization, id, name, email, subjects, standing) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT DO NOTHING RETURNING id
        """)
    private static let replacePerson = Query(
        """
        UPDATE people SET organization = $1, id = $2, name = $3, email = $4, subjects = $5, standing = $6
        WHERE organization = $1 AND id = $2 RETURNING id
        """)
    private static let addAgent = Query(
        """
        INSERT INTO agents (organization, id, definition, standing) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING RETURNING id
        """)
    private static let replaceAgent = Query(
        """
        UPDATE agents SET organization = $1, id = $2, definition = $3, standing = $4
        WHERE organization = $1 AND id = $2 RETURNING id
        """)
    private static let addToken = Query(
        """
        INSERT INTO tokens (id, organization, person, agents, label, hash, ceiling, expires, state, created, surface)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING RETURNING id
        """)
    private static let replaceToken = Query(
        """
        UPDATE tokens SET id = $1, organization = $2, person = $3, agents = $4, label = $5, hash = $6, ceiling = $7,
        expires = $8, state = $9, created = $10, surface = $11 WHERE id = $1 RETURNING id
        """)
    private static let agree = Query(
        """
        INSERT INTO agreements (organization, person, agent, capabilities, at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (organization, person, agent) DO UPDATE SET capabilities = excluded.capabilities, at = excluded.at
        """)

    private static let setDocument = Query(
        """
        INSERT INTO documents (organization, name, value) VALUES ($1, $2, $3)
        ON CONFLICT (organization, name) DO UPDATE SET value = excluded.value
        """)

    func apply(registry change: RegistryChange) async throws {
        switch change {
        case .addOrganization(let record):
            try await mustChange(TransactionWriter.addOrganization, values(record), record.id.raw)
        case .replaceOrganization(let record):
            try await mustChange(TransactionWriter.replaceOrganization, values(record), record.id.raw)
        case .addPerson(let record): try await mustChange(TransactionWriter.addPerson, values(record), record.id.raw)
        case .replacePerson(let record):
            try await mustChange(TransactionWriter.replacePerson, values(record), record.id.raw)
        case .addAgent(let record): try await mustChange(TransactionWriter.addAgent, values(record), record.id.raw)
        case .replaceAgent(let record):
            try await mustChange(TransactionWriter.replaceAgent, values(record), record.id.raw)
        case .addToken(let record): try await mustChange(TransactionWriter.addToken, values(record), record.id.raw)
        case .replaceToken(let record):
            try await mustChange(TransactionWriter.replaceToken, values(record), record.id.raw)
        case .setDocument(let organization, let name, let value):
            try await session.run(TransactionWriter.setDocument, [organization.raw, name, value.text])
        case .agree(let record):
            try await session.run(
                TransactionWriter.agree,
                [
                    record.organization.raw, record.person.raw, record.agent.raw, record.capabilities.stored.text,
                    record.at.microseconds,
                ])
        }
    }

    /// An `add` that found a row, a `replace` that found none, and one that took what must be another's own (a person's
    /// address, the hash of a token) refuse the transaction.
    func mustChange(_ query: Query, _ values: [any Storable], _ name: String) async throws {
        try await session.expectRow(query, values, orElse: .exists(name))
    }

    private func values(_ record: OrganizationRecord) -> [any Storable] {
        [record.id.raw, record.name, record.domains.stored.text, record.standing.rawValue]
    }

    private func values(_ record: PersonRecord) -> [any Storable] {
        [
            record.organization.raw, record.id.raw, record.name, record.email, record.subjects.stored.text,
            record.standing.rawValue,
        ]
    }

    private func values(_ record: AgentRecord) -> [any Storable] {
        [record.organization.raw, record.id.raw, record.definition.text, record.standing.rawValue]
    }

    private func values(_ record: TokenRecord) -> [any Storable] {
        [
            record.id.raw, record.organization.raw, record.person.raw, record.agents.map(\.raw).sorted().stored.text,
            record.label, record.hash.bytes, Int64(record.ceiling.rawValue), record.expires.microseconds,
            record.state.rawValue, record.created.microseconds, record.surface.rawValue,
        ]
    }
}
