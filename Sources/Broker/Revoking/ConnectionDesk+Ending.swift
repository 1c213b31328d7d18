import Authority
import Definition
import Gate
import OAuth
import Vault

extension ConnectionDesk {
    /// What goes with the end of a connection into its commit, so that its provider is told: best effort, and nothing where
    /// the provider can't be told or the token can't be read. Comes before the change that destroys the tokens, and refuses
    /// the commit (`exists`) when they were renewed meanwhile: then it isn't these that the provider has to hear of.
    ///
    /// - Parameter person: who was offboarded, where somebody was.
    func ending(_ row: ConnectionRecord, of person: PersonID? = nil) async throws(BrokerError) -> [any StoredChange] {
        let server = try await services.manifest(of: row.provider, in: row.organization)?.oauth
        guard OwnGrant.hasTokens(row.kind), server?.revocation != nil,
            let tokenSet = try await read({ try await tokens.tokens(of: row.id) }), tokenSet.grant == row.fingerprint
        else { return [] }
        // Of who left, everything ends.
        if person == nil, let server, try await survivor(of: row, at: server) != nil { return [] }
        let sealing = TokenSealing(keys: keys, fingerprints: fingerprints)
        // With its refresh token the whole grant ends; what asks anew has none.
        let isAllowed = row.kind == ConnectionDesk.grantKind && tokenSet.refresh != nil
        let id = world.newID("rev")
        let clientID = row.kind == OwnGrant.accountKind ? "" : tokenSet.clientID
        let sealed: [UInt8]
        do throws(VaultError) {
            let refresh = isAllowed ? try sealing.refresh(of: tokenSet, for: row.use) : nil
            var bytes = try sealing.access(of: tokenSet, for: row.use).withBytes {
                EndingTokens(refresh: refresh, access: Array($0)).sealing(for: row.provider, clientID)
            }
            defer { wipe(&bytes) }
            sealed = try keys.sealPayload(bytes, id: PendingRevocation.place(id))
        } catch {
            return []
        }
        return [
            TokenSetChange.still(row.id, generation: tokenSet.generation),
            RevocationChange.add(
                PendingRevocation(
                    id: id, organization: row.organization, provider: row.provider, connection: row.id,
                    clientID: clientID,
                    hint: isAllowed ? EndingTokens.refreshHint : EndingTokens.accessHint, sealed: sealed, attempts: 0,
                    due: world.now(), person: person)),
        ]
    }

    /// A connection that works, and that would die with this one's grant.
    func survivor(
        of row: ConnectionRecord, at server: AuthorizationServer
    ) async throws(BrokerError) -> ConnectionRecord? {
        guard server.revokesAll else { return nil }
        for other in try await read({ try await store.connections(in: row.organization, of: nil) }) {
            guard other.id != row.id, other.health != .revoked, OwnGrant.hasTokens(other.kind),
                other.account == row.account || other.email != nil && other.email == row.email,
                try await services.manifest(of: other.provider, in: row.organization)?.oauth?.revocation
                    == server.revocation
            else { continue }
            return other
        }
        return nil
    }

    /// Tells a provider to take tokens back that nobody keeps: once, as well as it can. What it doesn't hear runs out.
    ///
    /// With the refresh token most providers end the whole grant (RFC 7009 section 2.1). That is why nothing is said while
    /// the same account is connected here: the connection that works would die with it.
    ///
    /// - Parameter account: nil while nobody knows whose it is.
    func giveBack(
        _ answer: TokenAnswer, of account: String?, at server: AuthorizationServer, as app: ProviderApp,
        of apps: AppDesk, by errands: any TokenErrands
    ) async {
        guard let endpoint = server.revocation,
            let manifest = try? await services.manifest(of: app.provider, in: app.organization),
            let rows = try? await store.connections(in: app.organization, of: nil),
            !rows.contains(where: { row in
                row.provider == app.provider && row.health != .revoked
                    && (row.account == account ?? row.account || manifest.isFormer(row.account))
            })
        else { return }
        for (token, hint) in answer.ending(at: server) {
            _ = try? await apps.revoking(as: app) { app throws(TokenProblem) in
                try await errands.revoke(token, hint: hint, at: endpoint, as: app, in: server.dialect)
            }
        }
    }
}

extension OwnGrant {
    /// Whether the row of a connection of this kind has its tokens beside it.
    static func hasTokens(_ kind: String) -> Bool { kind == ConnectionDesk.grantKind || isAnew(kind) }

    /// Whether new tokens of it are asked for as the first ones were.
    static func isAnew(_ kind: String) -> Bool { kind == ourselvesKind || kind == accountKind || kind == assertedKind }
}

extension ConnectionDesk {
    /// What goes with the end of a flow whose offer its person never kept, for they were offboarded; nil where the provider
    /// can't be told, and where an agent's connection to the same account works on and would die with the grant.
    func ending(_ offer: ConnectOffer, of flow: ConnectFlow) async throws(BrokerError) -> PendingRevocation? {
        let aim = flow.aim
        let server = try await services.manifest(of: aim.provider, in: aim.organization)?.oauth
        guard server?.revocation != nil, let held = HeldTokens(offer.tokens, opening: keys, flow.place) else {
            return nil
        }
        if case .agent = aim.owner {
            let rows = try await read {
                try await store.connections(of: aim.owner, at: aim.provider, in: aim.organization)
            }
            guard !rows.contains(where: { $0.health != .revoked && $0.account == offer.account.id }) else { return nil }
        }
        let id = world.newID("rev")
        var bytes = EndingTokens(refresh: held.answer.refresh, access: Array(held.answer.access.text.utf8))
            .sealing(for: aim.provider, offer.clientID)
        defer { wipe(&bytes) }
        guard let sealed = try? keys.sealPayload(bytes, id: PendingRevocation.place(id)) else { return nil }
        return PendingRevocation(
            id: id, organization: aim.organization, provider: aim.provider, connection: ConnectionID(flow.id.raw),
            clientID: offer.clientID,
            hint: held.answer.refresh == nil ? EndingTokens.accessHint : EndingTokens.refreshHint, sealed: sealed,
            attempts: 0, due: world.now(), person: aim.person)
    }
}

extension ConnectFlow {
    /// Where the secret of this step is sealed.
    var place: String { "connect/\(id)/\(revision)" }
}
