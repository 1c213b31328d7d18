import Synchronization

/// All tokens of a run. A token reissued is gone; a token revoked is remembered as revoked.
final class TokenStore: Sendable {
    private struct Key: Hashable {
        let service: ServiceName
        let secret: String
    }

    private let accounts: [Account]
    private let clock: AcmeClock
    private let tokens: Mutex<[Key: Token]>

    /// Mints a token for each account, unless `kept` has one for it.
    init(_ accounts: [Account], kept: [ServiceName: [String: String]], clock: AcmeClock) {
        self.accounts = accounts
        self.clock = clock
        var tokens: [Key: Token] = [:]
        for account in accounts {
            let secret = kept[account.service]?[account.owner] ?? account.shape.mint()
            tokens[Key(service: account.service, secret: secret)] = Token(
                service: account.service, owner: account.owner, secret: secret, scopes: account.scopes)
        }
        self.tokens = Mutex(tokens)
    }

    func standing(of secret: String?, at service: ServiceName) -> Standing {
        guard let secret, !secret.isEmpty else { return .absent }
        let now = clock.now
        return tokens.withLock { tokens in
            guard let token = tokens[Key(service: service, secret: secret)] else { return .unknown }
            if token.isRevoked { return .revoked(token) }
            guard let expires = token.expires else { return .good(token) }
            return expires > now ? .good(token) : .expired(token)
        }
    }

    func add(_ token: Token) {
        tokens.withLock { $0[Key(service: token.service, secret: token.secret)] = token }
    }

    /// Revokes one token by its secret.
    func revoke(_ secret: String, at service: ServiceName) {
        tokens.withLock { $0[Key(service: service, secret: secret)]?.isRevoked = true }
    }

    /// False when the service knows no such owner.
    func revoke(_ service: ServiceName, _ owner: String) -> Bool {
        tokens.withLock { tokens in
            let keys = tokens.filter { $0.value.service == service && $0.value.owner == owner }.keys
            for key in keys {
                tokens[key]?.isRevoked = true
            }
            return !keys.isEmpty
        }
    }

    /// Takes permissions from the owner's tokens, which live on.
    func narrow(_ owner: String, without scopes: Set<String>, at service: ServiceName) {
        tokens.withLock { tokens in
            for key in tokens.filter({ $0.value.service == service && $0.value.owner == owner }).keys {
                tokens[key]?.scopes.subtract(scopes)
            }
        }
    }

    /// A fresh token for the owner, with `scopes` or the account's own; the old one is gone. Nil for an unknown owner.
    func reissue(_ service: ServiceName, _ owner: String, scopes: Set<String>?) -> Token? {
        guard let account = accounts.first(where: { $0.service == service && $0.owner == owner }) else { return nil }
        let token = Token(
            service: service, owner: owner, secret: account.shape.mint(), scopes: scopes ?? account.scopes)
        tokens.withLock { tokens in
            tokens = tokens.filter { $0.value.service != service || $0.value.owner != owner }
            tokens[Key(service: service, secret: token.secret)] = token
        }
        return token
    }

    /// The text with every token in it replaced by its owner's name.
    func masked(_ text: String) -> String {
        guard text.utf8.count >= 32 else { return text }
        return tokens.withLock { tokens in
            tokens.values.reduce(text) { $0.replacing($1.secret, with: "token-of-\($1.owner)") }
        }
    }

    /// `{"notion": {"alice": …}}`, services and owners in their own order.
    var listing: JSON {
        let known = tokens.withLock { Array($0.values) }
        let services = ServiceName.allCases.filter { service in accounts.contains { $0.service == service } }
        return .object(
            services.map { service in
                let owners = accounts.filter { $0.service == service }.map { account in
                    JSON.Member(
                        name: account.owner,
                        value: .text(known.first { $0.service == service && $0.owner == account.owner }?.secret))
                }
                return JSON.Member(name: service.rawValue, value: .object(owners))
            })
    }
}
