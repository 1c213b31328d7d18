import Wire

/// A token in the compact form of RFC 7515, taken apart and not yet believed.
struct SignedToken {
    let algorithm: SigningAlgorithm
    /// Which key signed it, as it says itself.
    let keyID: String?
    /// What kind of token it says that it is, in lower case and without `application/`.
    let type: String?
    let claims: JSONObject
    let signed: [UInt8]
    let signature: [UInt8]

    /// Beyond this no token of a person is: a list of groups is what makes one long.
    static let longest = 64 << 10

    /// - Parameter allowed: the algorithms that the provider's metadata names.
    init(_ text: String, allowing allowed: Set<SigningAlgorithm>) throws(TokenRefusal) {
        guard text.utf8.count <= SignedToken.longest else { throw .malformed }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let signature = Base64.decodeURL(parts[2]) else { throw .malformed }
        let header = try SignedToken.object(parts[0])
        // An extension that must be understood (RFC 7515 section 4.1.11): none is.
        guard header["crit"] == nil else { throw .malformed }
        guard let name = header["alg"]?.stringValue, let algorithm = SigningAlgorithm(rawValue: name),
            allowed.contains(algorithm)
        else { throw .algorithm }
        keyID = try SignedToken.text(header["kid"])
        type = try SignedToken.text(header["typ"])?.lowercased().trimmingPrefix("application/").description
        claims = try SignedToken.object(parts[1])
        self.algorithm = algorithm
        self.signature = signature
        signed = Array("\(parts[0]).\(parts[1])".utf8)
    }

    static func object(_ part: String) throws(TokenRefusal) -> JSONObject {
        guard let bytes = Base64.decodeURL(part),
            let object = try? JSON.parse(bytes, limits: JSONLimits(bytes: longest, depth: 16, members: 10_000))
                .objectValue
        else { throw .malformed }
        return object
    }

    private static func text(_ value: JSON?) throws(TokenRefusal) -> String? {
        guard let value else { return nil }
        guard let text = value.stringValue else { throw .malformed }
        return text
    }
}
