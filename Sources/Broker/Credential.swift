public import Vault

/// One secret, opened for one request, and where it goes in it. Wiped when it goes out of scope.
public struct Credential: ~Copyable, Sendable {
    public let placement: Placement
    public let secret: Secret
    /// Which writing of a connection's tokens it is; nil for what is never renewed.
    public let generation: Int64?

    public init(placement: Placement, secret: consuming Secret, generation: Int64? = nil) {
        self.placement = placement
        self.secret = secret
        self.generation = generation
    }
}

/// Where a credential goes in a request.
public enum Placement: Sendable, Hashable {
    /// Nowhere: a server that wants no credential.
    case none
    /// `Authorization: Bearer …` (RFC 6750 section 2.1).
    case bearer
    /// The bare key in a header of this name.
    case header(String)
    /// `Authorization: Basic …` (RFC 7617); the secret is `user:password`.
    case basic
}
