public import Wire

/// How people of this home are told. Secrets are in it, so it is stored sealed.
public struct NoticeSettings: Sendable {
    public var mail: MailSettings?
    public var webhook: WebhookSettings?

    public init(mail: MailSettings? = nil, webhook: WebhookSettings? = nil) {
        self.mail = mail
        self.webhook = webhook
    }
}

/// A mail server, and as whom to send through it.
public struct MailSettings: Sendable {
    public enum Security: String, Sendable, CaseIterable {
        /// TLS from the first byte.
        case implicit = "smtps"
        /// STARTTLS, without which nothing is sent.
        case startTLS = "smtp"
        /// In clear, to this machine alone. For tests.
        case clear = "smtp-clear"

        var port: Int {
            switch self {
            case .implicit: 465
            case .startTLS: 587
            case .clear: 25
            }
        }
    }

    public let security: Security
    /// A DNS name in lower case, or a numeric address.
    public let host: String
    public let port: Int
    public let user: String?
    public let password: HeldSecret?
    public let from: MailAddress
    /// Certificates in PEM that are trusted instead of the system's.
    public let trusted: String?

    /// `smtps://user@host:465`, without the password.
    public var url: String {
        let name = host.contains(":") ? "[\(host)]" : host
        let user = user.map { PercentEncoding.encode($0) + "@" } ?? ""
        return "\(security.rawValue)://\(user)\(name):\(port)"
    }
}

/// An address that is posted to, signed after Standard Webhooks.
public struct WebhookSettings: Sendable {
    public let origin: String
    /// Path and query.
    public let target: String
    /// The key itself, of 24 to 64 bytes.
    public let key: HeldSecret

    public init(origin: String, target: String, key: HeldSecret) {
        self.origin = origin
        self.target = target
        self.key = key
    }

    public var url: String { origin + target }
}
