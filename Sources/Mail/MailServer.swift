/// Where a mail server listens, and how TLS begins there.
public struct MailServer: Sendable, Hashable {
    public enum Security: Sendable, Hashable {
        /// TLS from the first byte.
        case implicit
        /// STARTTLS, without which nothing is said.
        case startTLS
        /// In clear, without a login. For notices to this machine alone.
        case clear
    }

    public let security: Security
    /// A DNS name in lower case, or a numeric address.
    public let host: String
    /// Whether the host is numeric: then TLS is verified by the address itself.
    public let isNumeric: Bool
    public let port: Int

    public init(_ security: Security, host: String, isNumeric: Bool, port: Int) {
        self.security = security
        self.host = host
        self.isNumeric = isNumeric
        self.port = port
    }
}
