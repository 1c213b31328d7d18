public import Wire

/// Somebody who acted for somebody else, as a token names them (RFC 8693 section 4.1).
public struct TokenActor: Sendable, Hashable {
    public let issuer: String?
    public let subject: String?
    public let client: String?

    private static let words = ["iss", "sub", "client_id"]

    init(_ object: JSONObject) throws(TokenRefusal) {
        func name(_ key: String) throws(TokenRefusal) -> String? {
            guard let value = object[key] else { return nil }
            guard let text = value.stringValue, (1...255).contains(text.utf8.count),
                text.utf8.allSatisfy({ $0 >= 0x20 })
            else { throw .actor }
            return text
        }
        (issuer, subject, client) = (try name("iss"), try name("sub"), try name("client_id"))
        guard subject != nil || client != nil else { throw .actor }
    }

    /// Who acted, the latest first. What else a token says of them is left out.
    ///
    /// - Parameter claim: `act`, which holds the one before in an `act` of its own.
    static func chain(_ claim: JSON?) throws(TokenRefusal) -> [TokenActor] {
        var chain: [TokenActor] = []
        var next = claim
        while let claim = next {
            guard let object = claim.objectValue, chain.count < most else { throw .actor }
            chain.append(try TokenActor(object))
            next = object["act"]
        }
        return chain
    }

    /// A longer history isn't kept, and so its token isn't taken.
    static let most = 8

    /// The one party that may act, where a token names one (section 4.4). A word that isn't known could narrow it.
    static func permitted(_ claim: JSON?) throws(TokenRefusal) -> TokenActor? {
        guard let claim else { return nil }
        guard let object = claim.objectValue, object.keys.allSatisfy({ words.contains($0) }) else { throw .actor }
        return try TokenActor(object)
    }

    /// The claim that names these, the latest outermost; nil for nobody.
    public static func claim(_ chain: some Sequence<TokenActor>) -> JSON? {
        chain.reversed().reduce(nil as JSON?) { before, actor in
            var object: JSONObject = [:]
            if let issuer = actor.issuer { object["iss"] = .string(issuer) }
            if let subject = actor.subject { object["sub"] = .string(subject) }
            if let client = actor.client { object["client_id"] = .string(client) }
            if let before { object["act"] = before }
            return .object(object)
        }
    }
}
