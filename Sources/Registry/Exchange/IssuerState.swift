public import Authority
import OpenID

/// How it stands with one issuer outside.
public struct IssuerState: Sendable {
    public let issuer: TokenIssuer
    /// How many of its keys can be used; nil when they can't be had, which `problem` says more of.
    public let keys: Int?
    public let problem: String
    /// Audiences whose client isn't known here, was revoked, or has no secret: nobody can bring their tokens.
    public let idle: [TokenIssuer.Audience]
    /// Whether anybody's login is linked.
    public let hasLogins: Bool
}

extension OAuthDesk {
    /// Asks each issuer for its keys as they are now.
    public func issuerStates(in organization: OrganizationID) async throws(RegistryError) -> [IssuerState] {
        let bearers = Set(try await clients(in: organization).filter { $0.bringsTokens && !$0.isRevoked }.map(\.id))
        let linked = Set(
            try await administration.read { try await logins.logins(in: organization) }.map(\.login.issuer))
        var states: [IssuerState] = []
        for issuer in try await issuers(in: organization) {
            var (keys, problem): (Int?, String) = (nil, "")
            do throws(UnreachableKeys) {
                keys = try await issuerKeys.fresh(issuer).count
            } catch { problem = error.message }
            states.append(
                IssuerState(
                    issuer: issuer, keys: keys, problem: problem,
                    idle: issuer.audiences.filter { !bearers.contains($0.client) },
                    hasLogins: linked.contains(issuer.url)))
        }
        return states
    }
}
