/// What a sealed secret is bound to. The raw value is the first byte of its record, which its seal authenticates: no record
/// passes for one of another format.
package enum SealFormat: UInt8 {
    /// As all were sealed at first: neither the issuer nor the account is bound.
    case withoutAccount = 2
    case withAccount = 3

    package static let current = SealFormat.withAccount

    var placeName: String {
        switch self {
        case .withoutAccount: "deputy/seal/v1\n"
        case .withAccount: "deputy/seal/v2\n"
        }
    }
}
