import Wire

/// Puts claims into a signed token of the compact form (RFC 7515 section 7.1).
enum SignedAssertion {
    /// - Parameter header: beside `alg`, which comes first.
    static func sign(
        _ claims: JSONObject, header: [(String, JSON)], by key: AssertionKey, _ algorithm: AssertionAlgorithm
    ) throws(GrantFault) -> TokenText {
        let header = JSON.object(JSONObject([("alg", .string(algorithm.rawValue))] + header))
        let signed = "\(Base64.encodeURL(header.bytes())).\(Base64.encodeURL(JSON.object(claims).bytes()))"
        let signature = try key.signature(over: Array(signed.utf8), algorithm)
        guard let token = TokenText("\(signed).\(Base64.encodeURL(signature))") else { throw .signing }
        return token
    }
}

extension JSON {
    static func seconds(_ value: Int64) -> JSON { .number(JSONNumber(value)) }
}
