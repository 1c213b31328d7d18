import Authority
import Definition
import Gate
import OAuth
import Vault
import Wire

extension ConnectionDesk {
    /// Asks the provider whose secret this is, compares, seals and keeps it.
    ///
    /// - Parameter bytes: the secret, which is wiped here.
    public func add(_ new: NewConnection, secret bytes: inout [UInt8]) async throws(BrokerError) -> ConnectionRecord {
        try await add(new, Secret(consuming: &bytes))
    }

    private func add(_ new: NewConnection, _ secret: consuming Secret) async throws(BrokerError) -> ConnectionRecord {
        if let origin = await byHand(new.provider, new.organization) { return try await keep(new, secret, at: origin) }
        let manifest = try await manifest(of: new.provider, in: new.organization)
        guard manifest.oauth?.resource == nil else {
            throw BrokerError(
                .invalid, "people connect `\(new.provider)` by signing in there",
                hint: "`deputy connections connect \(new.provider)`")
        }
        guard secret.count > 0 else {
            throw BrokerError(.invalid, "the secret is empty", hint: "pipe it in, or name a file with `--secret-file`")
        }
        let id = ConnectionID(world.newID("con"))
        let unmoved = await new.unmoved + others(new)
        try await record("connection.probed", id, new, account: nil)
        let credential = Credential(placement: manifest.credential.placement, secret: secret)
        let account = try await AccountLookup(manifest: manifest, errands: errands).account(of: credential)
        try await check(account, new, manifest)
        let use = ConnectionUse(
            facts: ConnectionFacts(
                id: id, provider: new.provider, owner: new.owner, host: manifest.origin, account: account.id,
                scopes: account.scopes ?? manifest.allScopes, health: .healthy),
            organization: new.organization, generation: 1, fingerprint: fingerprints.of(credential.secret),
            origin: manifest.origin)
        let row = ConnectionRecord(
            id: id, organization: new.organization, owner: new.owner, provider: new.provider, origin: manifest.origin,
            kind: manifest.credential.name, account: account.id,
            accountName: account.name ?? account.email ?? account.id,
            email: account.email, scopes: use.facts.scopes, generation: 1, fingerprint: use.fingerprint,
            sealed: try sealed(credential.secret, use, manifest.credential.name).bytes, health: .healthy,
            created: world.now())
        try await record(
            new.isSharedWithOwner ? "connection.added-shared-with-owner" : "connection.added", id, new,
            account: account.id, under: unmoved, row: row,
            bumping: [.connections(new.organization, new.owner, new.provider)])
        return row
    }

    /// How the credential of a remote server is called in its row.
    static let remoteKind = "mcp-bearer"

    /// A remote server can't be asked whose a credential is, so its account is what its owner says: their own.
    private func keep(
        _ new: NewConnection, _ secret: consuming Secret, at origin: String
    ) async throws(BrokerError) -> ConnectionRecord {
        guard secret.count > 0 else { throw BrokerError(.invalid, "the secret is empty") }
        let id = ConnectionID(world.newID("con"))
        let account: String =
            switch new.owner {
            case .person(let person): "\(person), as they say"
            case .agent(let agent): "agent \(agent), as its owner says"
            case .organization:
                throw BrokerError(
                    .refused, "the organization's own connections are for models alone",
                    hint: "connect `\(new.provider)` for an agent or a person")
            }
        let use = ConnectionUse(
            facts: ConnectionFacts(
                id: id, provider: new.provider, owner: new.owner, host: origin, account: account, scopes: [],
                health: .healthy),
            organization: new.organization, generation: 1, fingerprint: fingerprints.of(secret), origin: origin)
        let row = ConnectionRecord(
            id: id, organization: new.organization, owner: new.owner, provider: new.provider, origin: origin,
            kind: ConnectionDesk.remoteKind, account: account, accountName: account, email: nil, scopes: [],
            generation: 1, fingerprint: use.fingerprint,
            sealed: try sealed(secret, use, ConnectionDesk.remoteKind).bytes, health: .healthy, created: world.now())
        try await record(
            "connection.added", id, new, account: account, under: new.unmoved, row: row,
            bumping: [.connections(new.organization, new.owner, new.provider)])
        return row
    }
}

extension ProviderManifest {
    /// What a credential without a scope list may do: whatever its tools need.
    var allScopes: Set<String> { Set(tools.flatMap(\.scopes)) }
}
