import Wire

/// A secret that lends its bytes and keeps them.
public protocol LentSecret: Sendable {
    /// What `body` copies it must not keep.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result
}

/// Who logs in, and what proves it.
public struct MailLogin: Sendable {
    public enum Mechanism: Sendable, Hashable {
        /// `PLAIN` (RFC 4616), or `LOGIN` where a server knows nothing newer.
        case password
        /// Google's and Microsoft's form of an OAuth access token.
        case xoauth2
        /// The standard form of the same (RFC 7628).
        case oauthBearer

        /// The name of a token's mechanism; nil for a password, which has several.
        var token: String? {
            switch self {
            case .password: nil
            case .xoauth2: "XOAUTH2"
            case .oauthBearer: "OAUTHBEARER"
            }
        }
    }

    public let user: String
    public let mechanism: Mechanism
    public let secret: any LentSecret

    /// Nil for a name that would end what it stands in: one with control characters, or too long for any server.
    public init?(user: String, _ mechanism: Mechanism, secret: any LentSecret) {
        guard !user.isEmpty, user.utf8.count <= 320, user.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            return nil
        }
        self.user = user
        self.mechanism = mechanism
        self.secret = secret
    }

    /// The client's first message in base64.
    ///
    /// - Throws: `MailFailure.refused` for a secret that would end what it stands in.
    func firstMessage() throws(MailFailure) -> String {
        let separator: UInt8 = mechanism == .password ? 0 : 1
        guard !secret.withBytes({ $0.contains(separator) }) else {
            throw .refused("the secret holds a character that no login can carry")
        }
        return secret.withBytes { bytes in
            switch mechanism {
            case .password: Base64.encode([0] + Array(user.utf8) + [0] + Array(bytes))
            case .xoauth2: Base64.encode(Array("user=\(user)\u{1}auth=Bearer ".utf8) + Array(bytes) + [1, 1])
            case .oauthBearer:
                Base64.encode(Array("n,a=\(saslName),\u{1}auth=Bearer ".utf8) + Array(bytes) + [1, 1])
            }
        }
    }

    /// What a challenge behind the first message is answered with: it tells of an error, and the server's verdict comes
    /// only after it. XOAUTH2 wants nothing, OAUTHBEARER a single 0x01 (RFC 7628 section 3.2.3).
    var errorAnswer: String { mechanism == .oauthBearer ? "AQ==" : "" }

    /// RFC 5801 section 4.
    private var saslName: String {
        user.map { $0 == "," ? "=2C" : $0 == "=" ? "=3D" : String($0) }.joined()
    }
}
