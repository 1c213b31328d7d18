/// The place that a sealed secret belongs to. It is authenticated; of it the record holds the generation and a keyed
/// digest alone. A record that somebody moved to another row, or an older generation put back under a newer number,
/// doesn't open.
public struct SealContext: Sendable, Hashable {
    /// The organization that the connection is in.
    public var organization: String
    /// `person` or `agent`.
    public var ownerKind: String
    /// The identifier of the connection's owner.
    public var owner: String
    /// The provider's name, as its manifest has it.
    public var provider: String
    /// The host, with its port where that isn't the scheme's own, that the secret may be sent to.
    public var host: String
    /// Whose tokens it is or stands for: the authorization server's name, or its origin; empty where none gave it out.
    public var issuer: String
    /// The upstream account's id, as the provider calls it.
    public var account: String
    /// The connection's identifier.
    public var connection: String
    /// What the secret is: a bearer token, an API key, a refresh token and so on.
    public var kind: String
    /// Counts the writes of this secret, from 1.
    public var generation: Int64

    /// A place; every field takes part.
    public init(
        organization: String, ownerKind: String, owner: String, provider: String, host: String, issuer: String,
        account: String, connection: String, kind: String, generation: Int64
    ) {
        self.organization = organization
        self.ownerKind = ownerKind
        self.owner = owner
        self.provider = provider
        self.host = host
        self.issuer = issuer
        self.account = account
        self.connection = connection
        self.kind = kind
        self.generation = generation
    }

    /// The bytes that are authenticated with a record of this format: those of the place, then the generation (64 bits,
    /// big-endian).
    func canonicalBytes(_ format: SealFormat) -> [UInt8] {
        var bytes = placeBytes(format)
        appendBigEndian(UInt64(bitPattern: generation), to: &bytes)
        return bytes
    }

    /// The format's name, then each field but the generation with its length before it (32 bits, big-endian), so that no
    /// two places share them.
    func placeBytes(_ format: SealFormat) -> [UInt8] {
        var bytes = Array(format.placeName.utf8)
        bytes.reserveCapacity(256)
        let bound =
            switch format {
            case .withoutAccount: [organization, ownerKind, owner, provider, host, connection, kind]
            case .withAccount: [organization, ownerKind, owner, provider, host, issuer, account, connection, kind]
            }
        for field in bound {
            appendBigEndian(UInt32(clamping: field.utf8.count), to: &bytes)
            bytes.append(contentsOf: field.utf8)
        }
        return bytes
    }

    private func appendBigEndian(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }
}
