import Authority
import Definition
import Gate
import OAuth
import Vault

extension ConnectionDesk {
    /// What goes with the end of a connection into its commit, so that its provider is told: best effort, and nothing where
    /// the provider can't be told or the token can't be read.
    func ending(_ row: ConnectionRecord) async throws(BrokerError) -> [any StoredChange] {
        let server = try await services.manifest(of: row.provider, in: row.organization)?.oauth
        guard OwnGrant.hasTokens(row.kind), server?.revocation != nil,
            let tokenSet = try await read({ try await tokens.tokens(of: row.id) }), tokenSet.grant == row.fingerprint
        else { return [] }
        let sealing = TokenSealing(keys: keys, fingerprints: fingerprints)
        // With its refresh token the whole grant ends; what asks anew has none.
        let isAllowed = row.kind == ConnectionDesk.grantKind && tokenSet.refresh != nil
        let id = world.newID("rev")
        guard
            let sealed = try? isAllowed
                ? sealing.refresh(of: tokenSet, for: row.use).flatMap({
                    try keys.sealPayload(Array($0.text.utf8), id: PendingRevocation.place(id))
                })
                : sealing.access(of: tokenSet, for: row.use).withBytes({
                    try keys.sealPayload(Array($0), id: PendingRevocation.place(id))
                })
        else { return [] }
        return [
            RevocationChange.add(
                PendingRevocation(
                    id: id, organization: row.organization, provider: row.provider, connection: row.id,
                    clientID: row.kind == OwnGrant.accountKind ? "" : tokenSet.clientID,
                    hint: isAllowed ? "refresh_token" : "access_token", sealed: sealed, attempts: 0, due: world.now()))
        ]
    }
}

extension OwnGrant {
    /// Whether the row of a connection of this kind has its tokens beside it.
    static func hasTokens(_ kind: String) -> Bool { kind == ConnectionDesk.grantKind || isAnew(kind) }

    /// Whether new tokens of it are asked for as the first ones were.
    static func isAnew(_ kind: String) -> Bool { kind == ourselvesKind || kind == accountKind }
}
