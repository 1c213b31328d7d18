/// How the mailboxes of a provider are reached, and how a login is proved there.
public struct MailAccess: Sendable, Hashable {
    public enum Proof: String, Sendable, CaseIterable {
        /// A user name and a password.
        case password
        /// An OAuth access token, in Google's and Microsoft's form.
        case xoauth2
        /// An OAuth access token, in the standard form (RFC 7628).
        case oauthbearer
    }

    public let imap: MailServerAddress
    /// Nil where nothing is sent.
    public let smtp: MailServerAddress?
    public let proof: Proof
    /// The only domain whose accounts are taken, in lower case. It completes a user name without one.
    public let domain: String?
    /// Certificates in PEM that are trusted instead of the system's.
    public let certificates: String?

    public init(
        imap: MailServerAddress, smtp: MailServerAddress?, proof: Proof, domain: String?, certificates: String?
    ) {
        self.imap = imap
        self.smtp = smtp
        self.proof = proof
        self.domain = domain
        self.certificates = certificates
    }

    /// Everything that a credential may be shown to, as one text: what it is sealed for.
    public var origin: String { [imap.text, smtp?.text].compactMap(\.self).joined(separator: " ") }

    /// The address of an account that logs in by this name; nil for one that isn't of this provider's domain.
    public func address(ofUser user: String) -> String? {
        guard let domain else { return user }
        guard user.contains("@") else { return "\(user)@\(domain)" }
        return user.lowercased().hasSuffix("@\(domain)") ? user : nil
    }
}

/// `imaps://mail.example.org:993` and its like.
public struct MailServerAddress: Sendable, Hashable {
    public enum Scheme: String, Sendable, CaseIterable {
        /// TLS from the first byte.
        case imaps, smtps
        /// STARTTLS, without which nothing is said.
        case imap, smtp

        public var isImplicit: Bool {
            switch self {
            case .imaps, .smtps: true
            case .imap, .smtp: false
            }
        }

        fileprivate var port: Int {
            switch self {
            case .imaps: 993
            case .smtps: 465
            case .imap: 143
            case .smtp: 587
            }
        }
    }

    public let scheme: Scheme
    /// A name or an IPv4 address, in lower case.
    public let host: String
    public let port: Int

    public var text: String { "\(scheme.rawValue)://\(host):\(port)" }

    /// Nil for anything but a scheme, a host and perhaps a port.
    public init?(_ text: String) {
        guard let mark = text.firstRange(of: "://"), let scheme = Scheme(rawValue: String(text[..<mark.lowerBound]))
        else { return nil }
        let parts = text[mark.upperBound...].split(separator: ":", omittingEmptySubsequences: false)
        guard let host = parts.first, parts.count <= 2, MailServerAddress.isHost(host) else { return nil }
        var port = scheme.port
        if parts.count == 2 {
            guard let number = JSONNumber(String(parts[1]))?.integer, (1...65_535).contains(number) else { return nil }
            port = Int(number)
        }
        self.scheme = scheme
        self.host = host.lowercased()
        self.port = port
    }

    private static func isHost(_ text: Substring) -> Bool {
        let hyphen = UInt8(ascii: "-")
        let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return text.utf8.count <= 253
            && labels.allSatisfy { label in
                !label.isEmpty && label.first != hyphen && label.last != hyphen
                    && label.allSatisfy { MailGrammar.isLetterOrDigit($0) || $0 == hyphen }
            }
    }
}
