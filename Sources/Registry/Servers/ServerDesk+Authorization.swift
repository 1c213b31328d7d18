public import Authority
import Gate
import OAuth
import Wire

/// What is decided about a server's tokens besides what the server says.
public struct AuthorizationWish: Sendable {
    /// The authorization server, where it names several.
    public let issuer: String?
    /// What it may ask for beyond what it says now.
    public let scopes: Set<String>

    public init(issuer: String? = nil, scopes: Set<String> = []) {
        self.issuer = issuer
        self.scopes = scopes
    }
}

/// Where the tokens for a server come from. That is decided by whoever adds the server; what the server says later is shown
/// and not followed.
extension ServerDesk {
    /// Asks a server how its tokens are had, and pins it.
    public func authorize(
        _ name: String, _ wish: AuthorizationWish, by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) -> RemoteServer {
        let unmoved = await administration.reading(.organization(organization))
        let server = try await authorized(try await server(name, organization), wish, administrator)
        try await commit(
            [ServerChange.set(server)], under: [unmoved], "server.authorized", told(of: server), administrator,
            organization)
        return server
    }

    func authorized(
        _ server: RemoteServer, _ wish: AuthorizationWish, _ administrator: Administrator
    ) async throws(RegistryError) -> RemoteServer {
        for scope in wish.scopes.sorted() where !Scopes.isOne(scope) {
            throw RegistryError(.invalid, "`\(scope)` isn't a scope", hint: "write it as the server does")
        }
        let found = try await named(by: server, wish.issuer, by: administrator.text)
        return server.authorized(by: PinnedAuthorization(pinned: found.allowing(wish.scopes)))
    }

    /// For the ledger.
    func told(of server: RemoteServer) -> JSONObject {
        server.authorization.map { fields(server, $0.pinned) } ?? ["server": .string(server.name)]
    }

    /// Looks whether the server still names what was pinned, before somebody is sent there.
    ///
    /// - Throws: `refused` when it names something else, which is kept for whoever may decide it.
    public func verify(_ name: String, in organization: OrganizationID) async throws(RegistryError) {
        let unmoved = await administration.reading(.organization(organization))
        let server = try await server(name, organization)
        guard let authorization = server.authorization else { return }
        let pinned = authorization.pinned
        // Among several, the one that was chosen: whatever comes beside it changes nothing.
        let found = try await named(by: server, pinned.server.issuer.text, by: "gateway")
        let differences = found.differences(from: pinned)
        let quarantined = differences.isEmpty ? nil : found
        if authorization.quarantined != quarantined {
            let compared = server.authorized(
                by: PinnedAuthorization(pinned: pinned, quarantined: quarantined))
            var fields = fields(server, found)
            fields["differences"] = .array(differences.prefix(50).map { .string($0) })
            try await record(
                differences.isEmpty ? "server.authorization-as-pinned" : "server.authorization-quarantined", fields,
                [ServerChange.set(compared)], under: [unmoved], by: "gateway", organization)
        }
        guard differences.isEmpty else {
            throw RegistryError(
                .refused, "`\(name)` gives out its tokens otherwise than when it was added, so nobody connects there",
                hint: "look at it with `deputy servers list`, and say yes with `deputy servers authorize \(name)`")
        }
    }

    /// What the server names now. That it was asked, and what was refused of its answer, is told.
    private func named(
        by server: RemoteServer, _ issuer: String?, by who: String
    ) async throws(RegistryError) -> ResourceAuthorization {
        try await record("server.authorization-asked", ["server": .string(server.name)], by: who, server.organization)
        do throws(RegistryError) {
            return try await authorization(server, issuer)
        } catch {
            try await record(
                "server.authorization-refused",
                ["server": .string(server.name), "because": .string(String(error.message.prefix(500)))], by: who,
                server.organization)
            throw error
        }
    }

    private func fields(_ server: RemoteServer, _ found: ResourceAuthorization) -> JSONObject {
        [
            "server": .string(server.name), "resource": .string(found.resource),
            "issuer": .string(found.server.issuer.text), "token_endpoint": .string(found.server.token.url),
            "scopes": .array((server.authorization?.pinned.most ?? found.most).sorted().map { .string($0) }),
        ]
    }

    private func record(
        _ what: String, _ fields: JSONObject, _ changes: [any StoredChange] = [], under unmoved: [EpochReading] = [],
        by who: String, _ organization: OrganizationID
    ) async throws(RegistryError) {
        var fields = fields
        fields["change"] = .string(what)
        fields["by"] = .string(who)
        try await administration.commit(
            Transaction(
                requires: unmoved, bumps: changes.isEmpty ? [] : [.organization(organization)], changes: changes,
                leaves: [try administration.leaf(fields, in: organization)]))
        if !changes.isEmpty { try await load(organization) }
    }
}
