import Wire

/// What an application asks Microsoft Graph about its own certificates. No permission is needed for that: a key that it has
/// signs a proof of possession for each change.
public struct GraphKeys: Sendable {
    private let application: String
    private let objectID: String

    /// - Parameter objectID: of the application, which isn't its client id.
    /// - Returns: nil when these make no address there.
    public init?(_ keys: OwnKeys, objectID: String) {
        application = "\(keys.base.url)/applications/\(objectID)"
        self.objectID = objectID
        guard keys.interface == .microsoftGraph, Endpoint(application, secure: false) != nil else { return nil }
    }

    /// Whether this is a directory's id for something: 32 hexadecimal digits in five groups.
    public static func isID(_ text: String) -> Bool {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        return groups.map(\.utf8.count) == [8, 4, 4, 4, 12]
            && groups.joined().allSatisfy { $0.isASCII && $0.isHexDigit }
    }

    /// - Parameters:
    ///   - key: one that the application has already.
    ///   - now: seconds since 1970.
    public func adding(
        _ certificate: ClientCertificate, named name: String, provedBy key: CertifiedKey, now: Int64
    ) throws(GrantFault) -> KeyRequest {
        try changing(
            "addKey",
            [
                "keyCredential": [
                    "type": "AsymmetricX509Cert", "usage": "Verify", "key": .string(Base64.encode(certificate.der)),
                    "displayName": .string(name),
                ],
                "passwordCredential": .null, "proof": .string(try proof(by: key, now: now).text),
            ])
    }

    public func removing(_ id: String, provedBy key: CertifiedKey, now: Int64) throws(GrantFault) -> KeyRequest {
        try changing("removeKey", ["keyId": .string(id), "proof": .string(try proof(by: key, now: now).text)])
    }

    /// All certificates of the application: needs a permission that rolling them doesn't.
    public func listing() throws(GrantFault) -> KeyRequest {
        guard let endpoint = Endpoint(application + "?$select=keyCredentials", secure: false) else { throw .signing }
        return KeyRequest(.get, endpoint)
    }

    /// What an answer to `listing` calls this certificate; nil when it isn't in it.
    public static func id(of certificate: ClientCertificate, in answer: KeyAnswer) -> String? {
        let mine = Base64.encode(certificate.sha1)
        return answer.body["keyCredentials"]?.arrayValue?.first { $0["customKeyIdentifier"]?.stringValue == mine }?[
            "keyId"]?
            .stringValue
    }

    /// What an answer to `adding` calls the new one; nil where it doesn't say.
    public static func id(in answer: KeyAnswer) -> String? {
        answer.body["keyId"]?.stringValue.flatMap { isID($0) ? $0 : nil }
    }

    private func changing(_ what: String, _ body: JSON) throws(GrantFault) -> KeyRequest {
        guard let endpoint = Endpoint("\(application)/\(what)", secure: false) else { throw .signing }
        return KeyRequest(.post, endpoint, body)
    }

    /// For Azure AD Graph, whose name the check kept (learn.microsoft.com/graph/application-rollkey-prooftoken).
    static let audience = "00000002-0000-0000-c000-000000000000"
    static let everyTenant = ["/organizations/", "/common/"]
    /// At most ten minutes.
    static let proofSeconds: Int64 = 300

    func proof(by key: CertifiedKey, now: Int64) throws(GrantFault) -> TokenText {
        let sha1 = key.certificate.sha1
        return try SignedAssertion.sign(
            [
                "aud": .string(GraphKeys.audience), "iss": .string(objectID), "nbf": .seconds(now),
                "exp": .seconds(now + GraphKeys.proofSeconds),
            ],
            header: [
                ("typ", "JWT"), ("x5t", .string(Base64.encodeURL(sha1))),
                ("kid", .string(Hex.encode(sha1).uppercased())),
            ], by: key.key, .rs256)
    }
}

extension AuthorizationServer {
    /// Whether its token endpoint is every tenant's, at which an app without a person gets no token.
    public var isOfEveryTenant: Bool { GraphKeys.everyTenant.contains { token.target.hasPrefix($0) } }

    /// The same server as one tenant's apps ask it.
    public func inTenant(_ tenant: String) -> AuthorizationServer? {
        guard let shared = GraphKeys.everyTenant.first(where: { token.target.hasPrefix($0) }) else { return self }
        guard let own = Endpoint(token.origin + "/\(tenant)/" + token.target.dropFirst(shared.count), secure: false)
        else { return nil }
        return asking(at: own)
    }
}
