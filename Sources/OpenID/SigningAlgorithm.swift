/// The signatures that an ID token may have (RFC 7518 section 3.1, RFC 8037 section 3.1). `none` and the symmetric ones,
/// whose key every client of the provider has, aren't among them and never will be.
public enum SigningAlgorithm: String, Sendable, CaseIterable {
    case rs256 = "RS256"
    case ps256 = "PS256"
    case es256 = "ES256"
    case edDSA = "EdDSA"
}
