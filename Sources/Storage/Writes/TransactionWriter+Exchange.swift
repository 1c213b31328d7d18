import Authority
import Gate
import Registry
import Wire

extension TransactionWriter {
    private static let addIssuer = Query(
        """
        INSERT INTO token_issuers (organization, name, issuer, record) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING RETURNING name
        """)
    private static let removeIssuer = Query(
        "DELETE FROM token_issuers WHERE organization = $1 AND name = $2 RETURNING name")
    private static let addExchangedGrant = Query(
        """
        INSERT INTO exchanged_grants (id, organization, registration, issuer, subject) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING RETURNING id
        """)

    func apply(exchange change: ExchangeChange) async throws {
        switch change {
        case .addIssuer(let issuer):
            try await mustChange(
                TransactionWriter.addIssuer,
                [issuer.organization.raw, issuer.name, issuer.url, issuer.json.text], issuer.name)
        case .removeIssuer(let organization, let name):
            try await mustChange(TransactionWriter.removeIssuer, [organization.raw, name], name)
        case .addGrant(let grant):
            try await mustChange(
                TransactionWriter.addExchangedGrant,
                [grant.id.raw, grant.organization.raw, grant.issuer, grant.login.issuer, grant.login.subject],
                grant.id.raw)
        }
    }
}
