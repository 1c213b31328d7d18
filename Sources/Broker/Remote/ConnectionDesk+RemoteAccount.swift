import Authority
import Definition
import Gate
import OAuth
import Vault
import Wire

/// Whose account it is that somebody signed in with at a remote server. Its authorization server says so in one of three ways,
/// or in none; then it is its owner's, as they say.
extension ConnectionDesk {
    func account(
        of answer: TokenAnswer, for new: NewConnection, at service: ConnectService, errands: (any RemoteErrands)?,
        now: Timestamp
    ) async throws(BrokerError) -> UpstreamAccount {
        try await record("connection.probed", ConnectionID(world.newID("con")), new, account: nil)
        let (server, scopes) = (service.server, answer.scopes)
        if let claims = answer.idToken.flatMap({ RemoteAccount.claims(of: $0, server, service.app.clientID, now) }),
            let account = RemoteAccount.account(claims, scopes)
        {
            return account
        }
        if let claims = await userinfo(answer, server), let account = RemoteAccount.account(claims, scopes) {
            return account
        }
        if let errands, let endpoint = server.introspection,
            case .active(let token)? = try? await errands.introspect(
                answer.access, at: endpoint, as: service.app, in: server.dialect), let subject = token.subject
        {
            return UpstreamAccount(id: subject, email: nil, name: token.username, scopes: token.scopes ?? scopes)
        }
        let host = server.issuer.flatMap { try? Issuer($0) }?.origin ?? service.manifest.origin
        return RemoteAccount.unnamed(of: new.owner, at: host, scopes)
    }

    /// OpenID Connect Core 1.0 section 5.3. Its server gave the token out, and is told nothing by it.
    private func userinfo(_ answer: TokenAnswer, _ server: AuthorizationServer) async -> JSON? {
        guard let place = server.userinfo, answer.scopes?.contains("openid") ?? true else { return nil }
        var bytes = Array(answer.access.text.utf8)
        let credential = Credential(placement: .bearer, secret: Secret(consuming: &bytes))
        let parts = place.target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let step = Step(
            kind: .probe, method: "GET", path: parts[0], query: parts.count == 2 ? parts[1] : "",
            headers: [Step.Header("Accept", "application/json")])
        guard let said = try? await errands.probeAccount(step, at: place.origin, with: credential), said.status == 200
        else { return nil }
        return try? JSON.parse(said.body)
    }
}

extension UpstreamAccount {
    /// Whether its server names it in no way.
    var isUnnamed: Bool { id.hasPrefix(RemoteAccount.unnamed) }
}

/// An account at a remote server, as its authorization server names it.
enum RemoteAccount {
    /// The claims of an ID token that came from the token endpoint itself, which the connection vouches for (OpenID Connect
    /// Core 1.0 section 3.1.3.7, number 6). Nil for one that isn't for us, or is over.
    static func claims(
        of token: TokenText, _ server: AuthorizationServer, _ clientID: String, _ now: Timestamp
    ) -> JSON? {
        let parts = token.text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let bytes = Base64.decodeURL(String(parts[1])), let claims = try? JSON.parse(bytes),
            claims["iss"]?.stringValue == server.issuer,
            claims["aud"]?.stringValue == clientID || claims["aud"]?.arrayValue == [.string(clientID)],
            let expires = claims["exp"]?.integerValue, expires > now.seconds - 60
        else { return nil }
        return claims
    }

    /// Nil where it names nobody.
    static func account(_ claims: JSON, _ scopes: Set<String>?) -> UpstreamAccount? {
        guard let subject = claims["sub"]?.stringValue, (1...255).contains(subject.utf8.count) else { return nil }
        let isVerified = claims["email_verified"]?.boolValue == true
        return UpstreamAccount(
            id: subject, email: isVerified ? claims["email"]?.stringValue : nil,
            name: claims["preferred_username"]?.stringValue ?? claims["name"]?.stringValue, scopes: scopes)
    }

    static let unnamed = "unnamed-"

    /// Stable for one owner at one place, and no other owner's.
    static func unnamed(of owner: Owner, at host: String, _ scopes: Set<String>?) -> UpstreamAccount {
        let value: JSON = ["owner": .string(owner.text), "at": .string(host)]
        return UpstreamAccount(
            id: "\(unnamed)\(value.digest.hex.prefix(16))", email: nil,
            name: "the account that you signed in with at \(host)", scopes: scopes)
    }
}
