import Wire

/// What a person has to type, and where (RFC 8628 section 3.2).
public struct DeviceAuthorization: Sendable {
    /// What we ask with, and show nobody.
    public let deviceCode: TokenText
    /// What the person compares or types.
    public let userCode: String
    public let address: Endpoint
    /// With the code in it; nil where the server has none.
    public let completeAddress: Endpoint?
    /// Seconds from the request on.
    public let lifetime: Int64
    /// Seconds between two questions.
    public let interval: Int64

    static let standardInterval: Int64 = 5
    /// Longer nobody waits at a terminal, in seconds.
    static let longest: Int64 = 3_600

    /// - Throws: `TokenFailure`, which is safe to show.
    public init(status: Int, retryAfter: Int?, body: [UInt8], secure: Bool) throws(TokenFailure) {
        guard let answer = try? JSON.parse(body), answer.objectValue != nil else {
            throw TokenFailure(.transient(retryAfter), code: nil, status: status)
        }
        if let failure = TokenFailure(status: status, retryAfter: retryAfter, answer) { throw failure }
        // Google says `verification_url`, as an early draft did.
        let address = (answer["verification_uri"] ?? answer["verification_url"])?.stringValue
        guard let deviceCode = answer["device_code"]?.stringValue.flatMap(TokenText.init),
            let userCode = answer["user_code"]?.stringValue.flatMap(DeviceAuthorization.shown),
            let address = Endpoint(address, secure: secure), let lifetime = answer["expires_in"]?.integerValue,
            lifetime > 0
        else { throw TokenFailure(.transient(nil), code: nil, status: status) }
        self.deviceCode = deviceCode
        self.userCode = userCode
        self.address = address
        completeAddress = Endpoint(
            (answer["verification_uri_complete"] ?? answer["verification_url_complete"])?.stringValue, secure: secure)
        self.lifetime = min(lifetime, DeviceAuthorization.longest)
        let interval = answer["interval"]?.integerValue ?? DeviceAuthorization.standardInterval
        self.interval = min(max(interval, 1), 60)
    }

    /// It is shown on a terminal: visible ASCII and few of it, or it isn't a code.
    private static func shown(_ text: String) -> String? {
        (1...64).contains(text.utf8.count) && text.utf8.allSatisfy { (0x20...0x7E).contains($0) } ? text : nil
    }
}

extension TokenRequest {
    /// RFC 8628 section 3.1, for the device endpoint: it has no `grant_type`.
    public static func device(_ scopes: [String], dialect: TokenDialect) -> TokenRequest {
        TokenRequest(to: "device", dialect.scopes(scopes))
    }

    /// Section 3.4.
    public static func deviceCode(_ code: TokenText) -> TokenRequest {
        TokenRequest(grant: "urn:ietf:params:oauth:grant-type:device_code", [("device_code", code.text)])
    }
}
