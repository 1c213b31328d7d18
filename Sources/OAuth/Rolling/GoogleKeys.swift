import Wire

/// What a service account asks Google's IAM about its own keys. Whoever may add keys may have them for good, so that the account
/// needs a role for it that it wouldn't have otherwise: Service Account Key Admin, on itself alone.
public struct GoogleKeys: Sendable {
    private let keys: String

    /// - Parameter email: of the service account.
    /// - Returns: nil when these make no address there.
    public init?(_ keys: OwnKeys, email: String) {
        guard keys.interface == .googleIAM, GoogleKeys.isName(email, beside: "@.") else { return nil }
        // The project is inferred from the account.
        self.keys = "\(keys.base.url)/projects/-/serviceAccounts/\(email)/keys"
        guard Endpoint(self.keys, secure: false) != nil else { return nil }
    }

    /// The certificate's private half stays here.
    public func uploading(_ certificate: ClientCertificate) throws(GrantFault) -> KeyRequest {
        try request(
            .post, ":upload", ["publicKeyData": .string(Base64.encode(Array(certificate.pem.utf8)))])
    }

    /// All keys that somebody made.
    public func listing() throws(GrantFault) -> KeyRequest { try request(.get, "?keyTypes=USER_MANAGED") }

    /// One with its public half.
    public func reading(_ id: String) throws(GrantFault) -> KeyRequest {
        try request(.get, "/\(id)?publicKeyType=TYPE_X509_PEM_FILE")
    }

    public func removing(_ id: String) throws(GrantFault) -> KeyRequest { try request(.delete, "/\(id)") }

    /// What an answer calls the key that it is about; nil where it doesn't say.
    public static func id(in answer: KeyAnswer) -> String? { id(of: answer.body) }

    /// What an answer to `listing` calls those that were uploaded, and not made by Google.
    public static func uploaded(in answer: KeyAnswer) -> [String] {
        (answer.body["keys"]?.arrayValue ?? []).filter { $0["keyOrigin"]?.stringValue == "USER_PROVIDED" }
            .compactMap(id(of:))
    }

    /// Whether an answer to `reading` is about the key of this certificate.
    public static func isAbout(_ certificate: ClientCertificate, _ answer: KeyAnswer) -> Bool {
        guard let bytes = answer.body["publicKeyData"]?.stringValue.flatMap({ Base64.decode($0) }),
            let der = try? PEMParts(String(decoding: bytes, as: UTF8.self), place: "").certificates.first,
            let known = try? ClientCertificate(der: der, place: "")
        else { return false }
        return known.publicKey == certificate.publicKey
    }

    /// `projects/PROJECT/serviceAccounts/EMAIL/keys/ID`
    private static func id(of key: JSON) -> String? {
        let parts = key["name"]?.stringValue?.split(separator: "/").map(String.init) ?? []
        guard parts.count == 6, parts[4] == "keys", isName(parts[5], beside: "") else { return nil }
        return parts[5]
    }

    private static func isName(_ text: String, beside marks: String) -> Bool {
        (1...200).contains(text.utf8.count)
            && text.allSatisfy {
                $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" || marks.contains($0))
            }
    }

    private func request(
        _ method: KeyRequest.Method, _ rest: String, _ body: JSON? = nil
    ) throws(GrantFault) -> KeyRequest {
        guard let endpoint = Endpoint(keys + rest, secure: false) else { throw .signing }
        return KeyRequest(method, endpoint, body)
    }
}
