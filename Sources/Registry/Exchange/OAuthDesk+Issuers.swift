public import Authority
import Gate
import OpenID
import Wire

/// Issuers outside, as administrators see them.
extension OAuthDesk {
    public func issuers(in organization: OrganizationID) async throws(RegistryError) -> [TokenIssuer] {
        try await administration.read { try await exchanges.tokenIssuers(in: organization) }
    }

    /// Asks for its keys first: what can't be found or used isn't kept.
    public func addIssuer(
        _ new: NewTokenIssuer, by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) -> TokenIssuer {
        let issuer = try new.checked(in: organization, created: now)
        guard issuer.url != settings.issuer() else {
            throw RegistryError(.invalid, "that issuer is this home itself", hint: "its tokens aren't exchanged again")
        }
        do throws(UnreachableKeys) {
            _ = try await issuerKeys.fresh(issuer)
        } catch {
            throw RegistryError(
                .refused, error.message, hint: "try the issuer's address in a browser, or give `--keys`")
        }
        try await administration.again { () async throws(RegistryError) in
            let unmoved = await administration.reading(.issuers(organization))
            for other in try await issuers(in: organization) {
                guard other.name != issuer.name, other.issuer != issuer.issuer else {
                    throw RegistryError(
                        .exists, "`\(other.name)` is \(other.url) already",
                        hint: "remove it first with `deputy issuers remove \(other.name)`")
                }
            }
            for audience in issuer.audiences { try await checkBearer(audience.client, in: organization) }
            try await administration.commit(
                Transaction(
                    requires: [unmoved], bumps: [.issuers(organization)], changes: [ExchangeChange.addIssuer(issuer)],
                    leaves: [
                        try administration.leaf(
                            [
                                "change": "issuer.added", "by": .string(administrator.text),
                                "issuer": .string(issuer.name), "definition": issuer.json,
                            ], in: organization)
                    ]))
        }
        return issuer
    }

    /// Ends what came of its tokens, from the next decision on.
    public func removeIssuer(
        _ name: String, by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) {
        try await administration.again { () async throws(RegistryError) in
            let unmoved = await [administration.reading(.issuers(organization))]
            let all = try await issuers(in: organization)
            guard let issuer = all.first(where: { $0.name == name }) else {
                throw RegistryError(
                    .unknown, "no issuer is called `\(name)`",
                    hint: suggestion(for: name, among: all.map(\.name)) ?? "list them with `deputy issuers list`")
            }
            let grants = try await administration.read {
                try await exchanges.exchangedGrants(from: name, in: organization)
            }
            try await end(
                grants.map(\.id), because: "the issuer `\(name)` was removed",
                with: [ExchangeChange.removeIssuer(organization, name)], under: unmoved,
                bumping: [.issuers(organization)],
                [
                    "change": "issuer.removed", "by": .string(administrator.text), "issuer": .string(name),
                    "definition": issuer.json,
                ], in: organization)
        }
    }

    /// A client that brings tokens of others is known, and has shown that it is itself.
    private func checkBearer(_ id: OAuthClientID, in organization: OrganizationID) async throws(RegistryError) {
        let client = try await find(id, in: organization)
        guard let client, !client.isRevoked else {
            let all = try await clients(in: organization).map(\.id.raw)
            throw RegistryError(
                .unknown, "no client is called `\(id)`",
                hint: suggestion(for: id.raw, among: all) ?? "list them with `deputy clients list`")
        }
        guard client.bringsTokens else {
            throw RegistryError(
                .refused, "`\(id)` has no secret that an administrator gave it",
                hint: "register one with `deputy clients register NAME --confidential`")
        }
    }
}

extension OAuthClient {
    /// Whether it may bring tokens of others at all: an administrator registered it, and it authenticates.
    var bringsTokens: Bool { origin == .registered && secret != nil }
}
