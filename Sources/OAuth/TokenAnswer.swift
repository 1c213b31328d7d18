public import Wire

/// What a token endpoint granted (RFC 6749 section 5.1), with the departures that vendors made.
public struct TokenAnswer: Sendable {
    public let access: TokenText
    /// Nil when none came: then the one of before stays (section 6).
    public let refresh: TokenText?
    public let idToken: TokenText?
    /// Nil when the answer says none: then they are those that were asked for (section 5.1).
    public let scopes: Set<String>?
    /// Seconds from the request on; nil when the answer doesn't say.
    public let lifetime: Int64?
    /// The rest of the answer, such as the account that the tokens are for. No token is in it.
    public let about: JSONObject

    public init(
        access: TokenText, refresh: TokenText?, idToken: TokenText? = nil, scopes: Set<String>?, lifetime: Int64?,
        about: JSONObject = [:]
    ) {
        self.access = access
        self.refresh = refresh
        self.idToken = idToken
        self.scopes = scopes
        self.lifetime = lifetime
        self.about = about
    }

    /// - Parameters:
    ///   - retryAfter: of the answer's header, in seconds.
    ///   - body: an error may come with any status, 200 too (Slack, GitHub), and may not be JSON at all.
    ///   - isRefresh: whether it answers a refresh token. Slack then has at the root what its answer to a code has elsewhere.
    /// - Throws: `TokenFailure`, which is safe to show and to record.
    public init(
        status: Int, retryAfter: Int?, body: [UInt8], dialect: TokenDialect, isRefresh: Bool = false
    ) throws(TokenFailure) {
        guard let answer = try? JSON.parse(body), answer.objectValue != nil else {
            throw TokenFailure(.transient(retryAfter), code: nil, status: status)
        }
        if let failure = TokenFailure(status: status, retryAfter: retryAfter, answer) { throw failure }
        let root = isRefresh ? .root : dialect.root
        guard let granted = answer.value(at: root), var about = granted.objectValue,
            let access = about["access_token"]?.stringValue.flatMap(TokenText.init),
            TokenAnswer.isUsable(about, dialect)
        else { throw TokenFailure(.transient(retryAfter), code: nil, status: status) }
        self.access = access
        refresh = about["refresh_token"]?.stringValue.flatMap(TokenText.init)
        idToken = about["id_token"]?.stringValue.flatMap(TokenText.init)
        lifetime = TokenAnswer.seconds(about["expires_in"])
        scopes = about["scope"]?.stringValue.map { TokenAnswer.scopes($0, dialect) }
        if let whole = answer.objectValue, root != .root {
            for (name, value) in whole.members where about[name] == nil { about[name] = value }
        }
        self.about = TokenAnswer.withoutTokens(about)
    }

    /// A server that names no kind means the usual one.
    private static func isUsable(_ answer: JSONObject, _ dialect: TokenDialect) -> Bool {
        guard let types = dialect.tokenTypes, let type = answer["token_type"] else { return true }
        return type.stringValue.map { types.contains($0.lowercased()) } ?? false
    }

    /// As it is, without saying what was granted.
    public var withoutScopes: TokenAnswer {
        TokenAnswer(access: access, refresh: refresh, idToken: idToken, scopes: nil, lifetime: lifetime, about: about)
    }

    /// `expires_in` may be text (google-auth reads both), and what it says may make no sense.
    private static func seconds(_ value: JSON?) -> Int64? {
        let seconds = value?.integerValue ?? value?.stringValue.flatMap { Int64($0) }
        return seconds.flatMap { (1...31_536_000).contains($0) ? $0 : nil }
    }

    private static func scopes(_ text: String, _ dialect: TokenDialect) -> Set<String> {
        let names = text.split { $0 == " " || dialect.separator.contains($0) }.map(String.init)
        return Set(
            names.map { $0.hasPrefix(dialect.scopePrefix) ? String($0.dropFirst(dialect.scopePrefix.count)) : $0 })
    }

    private static func withoutTokens(_ object: JSONObject) -> JSONObject {
        JSONObject(
            object.members.compactMap { name, value in
                if name.hasSuffix("_token") || name.hasSuffix("_secret") { return nil }
                return (name, value.objectValue.map { .object(withoutTokens($0)) } ?? value)
            })
    }
}
