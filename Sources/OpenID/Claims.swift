import Wire

/// The claims that every token of a provider has: from whom, for whom, of whom and when.
struct Claims {
    /// How far two clocks may differ, in seconds.
    static let skew: Int64 = 60
    /// How long a token may hold, in seconds: whoever means longer has mistaken the unit.
    private static let longest: Int64 = 10 * 365 * 86_400

    let issuedAt: Int64
    let subject: String?
    let session: String?
    private let expires: Int64?
    private let notBefore: Int64?

    init(_ claims: JSONObject, _ client: TokenClient) throws(TokenRefusal) {
        try self.init(claims, issuer: client.issuer)
        try Claims.check(claims["aud"], azp: claims["azp"], client.clientID)
    }

    /// Leaves it to the caller for whom the token is.
    init(_ claims: JSONObject, issuer: String) throws(TokenRefusal) {
        guard claims["iss"]?.stringValue == issuer else { throw .issuer }
        guard let issuedAt = claims["iat"]?.seconds else { throw .issued }
        self.issuedAt = issuedAt
        expires = claims["exp"]?.seconds
        notBefore = claims["nbf"]?.seconds
        if claims["exp"] != nil, expires == nil { throw .expired }
        if claims["nbf"] != nil, notBefore == nil { throw .issued }
        subject = try Claims.name(claims["sub"])
        session = try Claims.name(claims["sid"])
    }

    /// A list of audiences says with `azp` which one of them asked for the token; without, it could be another.
    private static func check(_ audience: JSON?, azp: JSON?, _ client: String) throws(TokenRefusal) {
        let names = try audiences(audience)
        guard names.contains(client) else { throw .audience }
        guard names.count == 1 || azp != nil else { throw .authorizedParty }
        if let azp, azp.stringValue != client { throw .authorizedParty }
    }

    /// For whom a token is: one name, or a list of names.
    static func audiences(_ audience: JSON?) throws(TokenRefusal) -> [String] {
        if let one = audience?.stringValue { return [one] }
        let all = audience?.arrayValue ?? []
        let names = all.compactMap(\.stringValue)
        guard !all.isEmpty, names.count == all.count else { throw .audience }
        return names
    }

    /// What names a token, where it has such a name.
    static func id(_ value: JSON?) throws(TokenRefusal) -> String? {
        guard let value else { return nil }
        guard let text = value.stringValue, (1...255).contains(text.utf8.count) else { throw .id }
        return text
    }

    /// A name of the provider's: text, and at most 255 bytes (section 2 of OpenID Connect Core 1.0).
    static func name(_ value: JSON?) throws(TokenRefusal) -> String? {
        guard let value else { return nil }
        guard let text = value.stringValue, (1...255).contains(text.utf8.count),
            !text.utf8.contains(where: { $0 < 0x20 })
        else { throw .subject }
        return text
    }

    /// - Parameter otherwise: until when a token holds that doesn't say; nil where every token has to.
    /// - Returns: until when it holds.
    @discardableResult
    func checkTimes(now: Int64, or otherwise: Int64? = nil) throws(TokenRefusal) -> Int64 {
        guard let expires = expires ?? otherwise, now < expires + Claims.skew, expires <= now + Claims.longest else {
            throw .expired
        }
        guard issuedAt <= now + Claims.skew else { throw .issued }
        if let notBefore, now < notBefore - Claims.skew { throw .issued }
        return expires
    }

    /// Takes as long whatever differs.
    static func isEqual(_ left: String, _ right: String) -> Bool {
        Digest.constantTimeEqual(.sha256(of: Array(left.utf8)), .sha256(of: Array(right.utf8)))
    }
}

extension JSON {
    /// A moment in seconds since 1970 (RFC 7519 section 2), with parts of a second cut off. Nothing outside of what can
    /// be reckoned with.
    var seconds: Int64? {
        guard case .number(let number) = self else { return nil }
        let whole = number.integer ?? Int64(number.text.prefix { $0 != "." })
        guard let whole, (0...Int64(UInt32.max) * 8).contains(whole), !number.text.utf8.contains(UInt8(ascii: "e"))
        else {
            return nil
        }
        return whole
    }
}
