public import Authority
import Gate
import Wire

/// A client that was registered just now. Its secret is shown once and kept nowhere.
public struct RegisteredClient: Sendable {
    public let client: OAuthClient
    public let secret: String?

    public init(client: OAuthClient, secret: String?) {
        self.client = client
        self.secret = secret
    }
}

/// Clients, as administrators see them.
extension OAuthDesk {
    public func clients(in organization: OrganizationID) async throws(RegistryError) -> [OAuthClient] {
        try await administration.read { try await store.oauthClients(in: organization) }
    }

    /// Registers a client.
    ///
    /// - Parameters:
    ///   - redirects: none for a client that asks nobody, and only exchanges tokens.
    ///   - isConfidential: whether it can keep a secret, and so gets one.
    public func register(
        name: String, redirects: [String], isConfidential: Bool, ceiling: EffectSet,
        by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) -> RegisteredClient {
        guard !name.isEmpty, name.utf8.count <= 200 else {
            throw RegistryError(.invalid, "a client's name has 1 to 200 bytes")
        }
        guard !redirects.isEmpty || isConfidential else {
            throw RegistryError(
                .invalid, "a client needs a place for its answers",
                hint:
                    "add `--redirect-uri http://127.0.0.1/callback`; one with `--confidential` can exchange tokens without"
            )
        }
        let uris: [RedirectURI]
        do throws(OAuthRefusal) {
            uris = try ClientMetadata.redirects(redirects.map { .string($0) })
        } catch {
            throw RegistryError(.invalid, error.description, hint: "no user, no `..`, no fragment, lower-case host")
        }
        let secret = isConfidential ? TokenSecret.made(TokenSecret.clientPrefix) : nil
        let client = OAuthClient(
            id: OAuthClientID(administration.world.newID("app")), organization: organization, origin: .registered,
            name: name, redirects: uris, authentication: isConfidential ? .basic : .none, secret: secret?.hash,
            ceiling: ceiling, isRevoked: false, created: now)
        try await change(.addClient(client), "client.registered", client, by: administrator)
        return RegisteredClient(client: client, secret: secret?.text)
    }

    /// Sets what any token of a client may do at the most. What was allowed beyond it is cut back; it isn't given back by
    /// a later widening. A client with a metadata document can be bounded before it ever came.
    public func setCeiling(
        _ ceiling: EffectSet, of id: OAuthClientID, by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) -> OAuthClient {
        try await administration.again { () async throws(RegistryError) in
            let unmoved = await [administration.reading(.software(organization, id.raw))]
            let (before, isNew) = try await knownOrStranger(id, in: organization)
            let client = before.with(ceiling: ceiling)
            try await narrow(
                try await grants(of: nil, by: id, in: organization), to: ceiling,
                with: [isNew ? OAuthChange.addClient(client) : .replaceClient(client)], under: unmoved,
                bumping: [.software(organization, id.raw)],
                ["change": "client.ceiling", "by": .string(administrator.text), "client": .string(id.raw)],
                in: organization)
            return client
        }
    }

    /// Nothing of a client works from the next decision on, and nobody can allow it anything. A client with a metadata
    /// document can be shut out before it ever came.
    public func revoke(
        _ id: OAuthClientID, by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) -> OAuthClient {
        try await administration.again { () async throws(RegistryError) in
            let unmoved = await [administration.reading(.software(organization, id.raw))]
            let (before, isNew) = try await knownOrStranger(id, in: organization)
            let client = before.with(isRevoked: true)
            try await end(
                try await grants(of: nil, by: id, in: organization).map(\.grant.id), because: "the client was revoked",
                with: [isNew ? OAuthChange.addClient(client) : .replaceClient(client)], under: unmoved,
                bumping: [.software(organization, id.raw)],
                ["change": "client.revoked", "by": .string(administrator.text), "client": .string(id.raw)],
                in: organization)
            return client
        }
    }

    /// Lets people allow a client something again. What ended stays ended.
    public func restore(
        _ id: OAuthClientID, by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) -> OAuthClient {
        try await administration.again { () async throws(RegistryError) in
            let client = try await known(id, in: organization)
            guard client.isRevoked else { throw RegistryError(.refused, "`\(id)` isn't revoked") }
            let restored = client.with(isRevoked: false)
            try await change(.replaceClient(restored), "client.restored", restored, by: administrator)
            return restored
        }
    }

    /// A client as it is known, or one of a metadata document that nobody has let in yet.
    private func knownOrStranger(
        _ id: OAuthClientID, in organization: OrganizationID
    ) async throws(RegistryError) -> (client: OAuthClient, isNew: Bool) {
        guard try await find(id, in: organization) == nil, let place = RedirectURI(id.raw) else {
            return (try await known(id, in: organization), false)
        }
        let stranger = OAuthClient(
            id: id, organization: organization, origin: .document, name: place.host, redirects: [],
            authentication: .none, secret: nil, ceiling: .all, isRevoked: false, created: now)
        return (stranger, true)
    }

    func find(_ id: OAuthClientID, in organization: OrganizationID) async throws(RegistryError) -> OAuthClient? {
        try await administration.read { try await store.oauthClient(id, in: organization) }
    }

    private func known(
        _ id: OAuthClientID, in organization: OrganizationID
    ) async throws(RegistryError) -> OAuthClient {
        if let client = try await find(id, in: organization) { return client }
        let all = try await clients(in: organization).map(\.id.raw)
        throw RegistryError(
            .unknown, "no client is called `\(id)`",
            hint: suggestion(for: id.raw, among: all) ?? "list them with `deputy clients list`")
    }

    private func change(
        _ change: OAuthChange, _ what: String, _ client: OAuthClient, by administrator: Administrator
    ) async throws(RegistryError) {
        let scope = EpochScope.software(client.organization, client.id.raw)
        try await administration.commit(
            Transaction(
                requires: [await administration.reading(scope)], bumps: [scope], changes: [change],
                leaves: [
                    try administration.leaf(
                        [
                            "change": .string(what), "by": .string(administrator.text),
                            "client": .string(client.id.raw), "name": .string(client.name),
                            "redirects": .array(client.redirects.map { .string($0.text) }),
                            "ceiling": .array(client.ceiling.words.map { .string($0) }),
                        ], in: client.organization)
                ]))
    }
}
