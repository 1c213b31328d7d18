import Authority
import Gate
import OAuth
import Vault

/// How a connection's tokens are sealed: each for its own kind, generation and grant, so that none passes for another.
struct TokenSealing {
    let keys: KeyRing
    let fingerprints: Fingerprints

    /// - Parameters:
    ///   - earlier: the refresh token of before, which stays where the answer brings none.
    ///   - asked: when the request began: a token's life counts from then.
    ///   - jitter: from -1 to 1.
    func sealed(
        _ answer: TokenAnswer, refresh earlier: TokenText?, of use: ConnectionUse, generation: Int64, clientID: String,
        asked: Timestamp, rules: RefreshRules, jitter: Double
    ) throws(VaultError) -> TokenSet {
        let access = secret(answer.access)
        let expires = answer.lifetime.map { asked.adding(seconds: $0) }
        let kept = answer.refresh ?? earlier
        return TokenSet(
            connection: use.facts.id, grant: use.fingerprint, generation: generation, clientID: clientID,
            fingerprint: fingerprints.of(access),
            access: try keys.seal(access, use.tokenContext(.access, generation: generation)).bytes,
            refresh: try kept.map { token throws(VaultError) in
                try keys.seal(secret(token), use.refreshContext(of: clientID, generation: generation)).bytes
            }, expires: expires, obtained: asked,
            due: kept == nil ? nil : rules.due(asked: asked, lifetime: answer.lifetime, jitter: jitter))
    }

    func access(of tokens: TokenSet, for use: ConnectionUse) throws(VaultError) -> Secret {
        try keys.open(SealedSecret(bytes: tokens.access), use.tokenContext(.access, generation: tokens.generation))
    }

    /// Nil when there is none.
    func refresh(of tokens: TokenSet, for use: ConnectionUse) throws(VaultError) -> TokenText? {
        guard let sealed = tokens.refresh else { return nil }
        return try tokens.opened(refresh: sealed, keys, for: use).withBytes {
            TokenText(String(decoding: $0, as: UTF8.self))
        }
    }

    /// The same tokens, one writing on, sealed for the connection as it is called from now on.
    ///
    /// - Parameter kept: what new ones are asked with from now on; nil for what it was.
    func moved(
        _ tokens: TokenSet, from earlier: ConnectionUse, to use: ConnectionUse, keeping kept: TokenText? = nil
    ) throws(VaultError) -> TokenSet {
        let generation = tokens.generation + 1
        let access = try keys.seal(
            try access(of: tokens, for: earlier), use.tokenContext(.access, generation: generation)
        ).bytes
        return TokenSet(
            connection: tokens.connection, grant: use.fingerprint, generation: generation, clientID: tokens.clientID,
            fingerprint: tokens.fingerprint, access: access,
            refresh: try tokens.refresh.map { sealed throws(VaultError) in
                let context = use.refreshContext(of: tokens.clientID, generation: generation)
                guard let kept else {
                    return try keys.seal(try tokens.opened(refresh: sealed, keys, for: earlier), context).bytes
                }
                return try keys.seal(secret(kept), context).bytes
            },
            expires: tokens.expires, obtained: tokens.obtained, due: tokens.due)
    }

    private func secret(_ token: TokenText) -> Secret {
        var bytes = Array(token.text.utf8)
        return Secret(consuming: &bytes)
    }
}

extension TokenSet {
    /// Whether both open for this connection, this grant and this writing; nil when they do.
    func sealFault(_ keys: KeyRing, for use: ConnectionUse) -> VaultError? {
        do throws(VaultError) {
            let context = use.tokenContext(.access, generation: generation)
            _ = try keys.open(SealedSecret(bytes: access), context).count
            if let refresh { _ = try opened(refresh: refresh, keys, for: use).count }
            return nil
        } catch {
            return error
        }
    }

    /// Opens for the client alone that it was given to. What was sealed before clients were bound opens as it was sealed.
    fileprivate func opened(
        refresh sealed: [UInt8], _ keys: KeyRing, for use: ConnectionUse
    ) throws(VaultError) -> Secret {
        let sealed = SealedSecret(bytes: sealed)
        do throws(VaultError) {
            return try keys.open(sealed, use.refreshContext(of: clientID, generation: generation))
        } catch {
            let older = use.tokenContext(.refresh, generation: generation)
            guard let secret = try? keys.open(sealed, older) else { throw error }
            return secret
        }
    }
}

enum TokenPlace: String {
    case access = "access_token"
    case refresh = "refresh_token"
}

extension ConnectionUse {
    func tokenContext(_ place: TokenPlace, generation: Int64) -> SealContext {
        var context = sealContext(kind: "\(place.rawValue)/\(fingerprint)")
        context.generation = generation
        return context
    }

    /// As `tokenContext`, and for one client: whoever changes the row can't have it shown as another's.
    func refreshContext(of clientID: String, generation: Int64) -> SealContext {
        var context = sealContext(kind: "\(TokenPlace.refresh.rawValue)/\(fingerprint)/\(clientID)")
        context.generation = generation
        return context
    }
}

extension RefreshRules {
    /// Before its end by the margin or a tenth of its life, whichever is longer, spread by a fifth both ways; half of a
    /// life that is shorter than that.
    ///
    /// - Parameter jitter: from -1 to 1.
    func due(asked: Timestamp, lifetime: Int64?, jitter: Double) -> Timestamp? {
        guard let lifetime else { return idleSeconds.map { asked.adding(seconds: $0 / 2) } }
        let margin = max(Double(marginSeconds), Double(lifetime) / 10) * (1 + 0.2 * min(max(jitter, -1), 1))
        return asked.adding(seconds: max(lifetime - Int64(margin), lifetime / 2))
    }
}
