import Foundation

/// What one authorization server knows: apps, people, and what people allowed apps.
struct OAuthBook: Sendable {
    var clients: [String: OAuthClient] = [:]
    /// In the order in which the page shows them.
    var accounts = OAuthAccount.first
    var families: [Family] = []

    /// A family, and the others of its client and owner.
    func together(with family: Int) -> [Int] {
        let one = families[family - 1]
        return families.filter {
            $0.id == family || one.owner != nil && $0.owner == one.owner && $0.client == one.client
        }
        .map(\.id)
    }
    var codes: [String: AuthorizationCode] = [:]
    var refreshTokens: [String: RefreshToken] = [:]
    var devices: [String: DeviceRequest] = [:]
    /// Apps' assertions that came, by app and `jti`.
    var assertions: Set<String> = []
    /// Tokens without an end that were given for rotating ones: Slack.
    var exchanged: Set<String> = []

    mutating func put(_ account: OAuthAccount) {
        if let index = accounts.firstIndex(where: { $0.owner == account.owner }) {
            accounts[index] = account
        } else {
            accounts.append(account)
        }
    }

    func account(_ owner: String) -> OAuthAccount? {
        accounts.first { $0.owner == owner }
    }

    mutating func begin(client: String, owner: String?, scopes: [String], now: Date) -> Family {
        let family = Family(id: families.count + 1, client: client, owner: owner, scopes: scopes, made: now)
        families.append(family)
        return family
    }

    subscript(family id: Int) -> Family {
        get { families[id - 1] }
        set { families[id - 1] = newValue }
    }

    /// Checks a code and marks it as spent. Wrong requests leave it as it was.
    mutating func redeem(
        _ secret: String, client: String, redirectURI: String?, verifier: String?, now: Date
    ) throws(CodeFault) -> AuthorizationCode {
        guard let code = codes[secret], self[family: code.family].client == client else { throw .unknown }
        if code.isSpent { throw .spent(family: code.family) }
        guard code.expires > now else { throw .expired }
        guard redirectURI == code.redirectURI else { throw .otherRedirectURI }
        if let challenge = code.challenge {
            guard let verifier else { throw .missingVerifier }
            guard PKCE.isVerifier(verifier), PKCE.challenge(for: verifier) == challenge else { throw .wrongVerifier }
        }
        codes[secret]?.isSpent = true
        return code
    }

    /// Checks a refresh token and does to it what the rotation says, but issues none.
    mutating func spend(_ secret: String, client: String, _ rotation: Rotation, now: Date) throws(RefreshFault) -> (
        Family, RefreshToken
    ) {
        guard let token = refreshTokens[secret], token.isLive, self[family: token.family].client == client else {
            throw .unknown
        }
        if let replaced = token.replaced {
            let leeway = if case .replaces(let seconds) = rotation { seconds } else { 0 }
            guard now < replaced.addingTimeInterval(TimeInterval(leeway)) else {
                self[family: token.family].reuses += 1
                throw .reused(family: token.family)
            }
        }
        if let cause = self[family: token.family].ended { throw .ended(cause: cause) }
        if let expires = token.expires, expires <= now { throw .expired }
        if case .replaces = rotation, token.replaced == nil { refreshTokens[secret]?.replaced = now }
        self[family: token.family].refreshes += 1
        return (self[family: token.family], token)
    }
}
