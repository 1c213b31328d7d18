import Foundation
import Synchronization

/// One authorization server's state: the book under its lock, and the tokens that come of it.
final class OAuthDesk: Sendable {
    let service: ServiceName
    /// Where the access tokens are good.
    let audience: [ServiceName]
    private let book = Mutex(OAuthBook())
    private let tokens: TokenStore
    private let clock: AcmeClock
    private let address = Mutex<String?>(nil)

    init(_ service: ServiceName, tokens: TokenStore, clock: AcmeClock) {
        self.service = service
        audience = service == .google ? [.google, .gmail, .calendar] : [service]
        self.tokens = tokens
        self.clock = clock
    }

    var now: Date {
        clock.now
    }

    /// Everything that one step reads and writes happens in one call of this.
    func step<Value: Sendable, Fault>(
        _ body: (inout OAuthBook) throws(Fault) -> sending Value
    ) throws(Fault) -> Value {
        try book.withLock { book throws(Fault) in try body(&book) }
    }

    /// Where callers reach this server: what was set, or else the host that the call names.
    func origin(_ call: Call) -> String {
        address.withLock { $0 } ?? "http://\(call.authority ?? "127.0.0.1")"
    }

    func set(origin: String) {
        address.withLock { $0 = origin }
    }

    func client(_ id: String) -> OAuthClient? {
        step { $0.clients[id] }
    }

    func account(_ owner: String) -> OAuthAccount? {
        step { $0.account(owner) }
    }

    /// An access token of the family, good at each of `services` for so many seconds; nil means without an end.
    func issue(
        _ secret: String, of family: Family, owner: String, scopes: Set<String>, seconds: Int?,
        audience api: String? = nil, actor: String? = nil
    ) {
        let now = clock.now
        for service in audience {
            tokens.add(
                Token(
                    service: service, owner: owner, secret: secret, scopes: scopes, client: family.client,
                    family: family.id, audience: api, actor: actor, issued: now,
                    expires: seconds.map { now.addingTimeInterval(TimeInterval($0)) }))
        }
        let isOver = step { book in
            book[family: family.id].access.append(secret)
            return book[family: family.id].ended != nil
        }
        if isOver { revokeAccess(of: family.id) }
    }

    /// Revokes the family's access tokens, those named or all.
    func revokeAccess(of family: Int, only secrets: [String]? = nil) {
        let gone = step { book in
            let gone = secrets ?? book[family: family].access
            book[family: family].access.removeAll(where: gone.contains)
            return gone
        }
        for secret in gone { revokeAlone(secret) }
    }

    /// Revokes a token of no family, or one apart from its family.
    func revokeAlone(_ secret: String) {
        for service in audience { tokens.revoke(secret, at: service) }
    }

    /// Ends the family: its refresh tokens and its access tokens are dead from now on.
    func end(_ family: Int, cause: String) {
        step { book in
            if book[family: family].ended == nil { book[family: family].ended = cause }
        }
        revokeAccess(of: family)
    }

    /// Takes permissions back that an account had allowed: what was issued lives on with the rest.
    func narrow(_ owner: String, without scopes: Set<String>) {
        step { book in
            for family in book.families where family.owner == owner {
                book[family: family.id].scopes.removeAll(where: scopes.contains)
            }
            for (secret, refresh) in book.refreshTokens where refresh.owner == owner {
                book.refreshTokens[secret]?.scopes.removeAll(where: scopes.contains)
            }
        }
        for service in audience { tokens.narrow(owner, without: scopes, at: service) }
    }

    func token(_ secret: String) -> Standing {
        tokens.standing(of: secret, at: service)
    }
}

extension OAuthDesk {
    /// A refresh token of the family; `owner` and `scopes` are the family's unless they are given.
    func refreshToken(
        _ shape: SecretShape, of family: Family, owner: String? = nil, scopes: [String]? = nil, seconds: Int? = nil
    ) -> String {
        let secret = shape.mint()
        let now = now
        step { book in
            book.refreshTokens[secret] = RefreshToken(
                family: family.id, made: now, expires: seconds.map { now.addingTimeInterval(TimeInterval($0)) },
                owner: owner ?? family.owner, scopes: scopes ?? family.scopes)
        }
        return secret
    }

    /// Whom a call to a token endpoint is about, from what it presents; counts requests to refresh.
    func party(
        client: String?, grant: String?, code: String? = nil, refresh: String? = nil, device: String? = nil
    ) -> Party {
        step { book in
            var family = code.flatMap { book.codes[$0]?.family }
            if let id = refresh.flatMap({ book.refreshTokens[$0]?.family }) {
                family = id
                book[family: id].posts += 1
            }
            if let device, case .allowed(let id)? = book.devices[device]?.state { family = id }
            return Party(
                owner: family.flatMap { book[family: $0].owner }, client: client, grant: grant, family: family)
        }
    }
}
