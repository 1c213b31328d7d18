import Authority
import Definition
import Gate
import Ledger
import OAuth
import Vault
import Wire

/// Connections of before know their account by less than its provider says now.
extension TokenKeeper {
    /// Asks whose it is, with the token that was just renewed, and writes the whole name down. The grant is the same, and so
    /// is the account: a refresh token is for one account, whatever that is called by now.
    ///
    /// Where the provider doesn't say, all stays as it was, and it is asked at the next renewal again.
    func name(_ use: ConnectionUse) async {
        guard let manifest = try? await services.manifest(of: use.facts.provider, in: use.organization),
            manifest.isFormer(use.facts.account), manifest.oauth?.exchange == nil
        else { return }
        let scope = EpochScope.connections(use.organization, use.facts.owner, use.facts.provider)
        let unmoved = await commits.reading(scope)
        guard let row = try? await store.connection(use.facts.id), row.health == .healthy, row.use == use,
            row.kind == ConnectionDesk.grantKind, let tokens = try? await store.tokens(of: row.id),
            tokens.grant == row.fingerprint, let account = await account(of: tokens, for: use),
            let named = try? renamed(row, tokens, as: account)
        else { return }
        var fields: JSONObject = [
            "change": "connection.named", "by": "broker", "connection": .string(row.id.raw), "was": row.told,
            "of": .number(JSONNumber(tokens.generation)), "tokens": .string(named.tokens.fingerprint),
        ]
        for (name, value) in named.row.told.objectValue?.members ?? [] { fields[name] = value }
        guard let leaf = try? Leaf(kind: .authority, time: world.now().microseconds, fields: fields) else { return }
        try? await commits.commit(
            Transaction(
                requires: [unmoved], bumps: [scope],
                changes: [
                    TokenSetChange.still(row.id, generation: tokens.generation), BrokerChange.reconnect(named.row),
                    TokenSetChange.keep(named.tokens),
                ], leaves: [PlacedLeaf(leaf, in: .organization(row.organization))]))
        forget(row.id)
    }

    /// Nil where it can't be asked, or says no more than is known.
    private func account(of tokens: TokenSet, for use: ConnectionUse) async -> UpstreamAccount? {
        guard let held = try? sealing.access(of: tokens, for: use),
            let access = held.withBytes({ TokenText(String(decoding: $0, as: UTF8.self)) }),
            let account = try? await account(of: access, for: use), !account.isByAddress,
            account.id != use.facts.account
        else { return nil }
        return account
    }

    /// The same grant and the same tokens, sealed where the account's whole name is.
    private func renamed(
        _ row: ConnectionRecord, _ tokens: TokenSet, as account: UpstreamAccount
    ) throws(VaultError) -> (row: ConnectionRecord, tokens: TokenSet) {
        let key = try sealing.keys.open(SealedSecret(bytes: row.sealed), row.use.sealContext(kind: row.kind))
        let use = row.renamed(account, sealed: []).use
        let sealed = try sealing.keys.seal(key, use.sealContext(kind: row.kind)).bytes
        return (row.renamed(account, sealed: sealed), try sealing.moved(tokens, from: row.use, to: use))
    }
}

extension ConnectionRecord {
    /// Its next writing, with the same grant, of an account that is called so.
    fileprivate func renamed(_ account: UpstreamAccount, sealed: [UInt8]) -> ConnectionRecord {
        ConnectionRecord(
            id: id, organization: organization, owner: owner, provider: provider, origin: origin, issuer: issuer,
            kind: kind,
            account: account.id, accountName: account.name ?? account.email ?? account.id, email: account.email,
            scopes: scopes, generation: generation + 1, fingerprint: fingerprint, sealed: sealed, health: health,
            created: created, granted: granted, formerAccount: self.account)
    }
}
