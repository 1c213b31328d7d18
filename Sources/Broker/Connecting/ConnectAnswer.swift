/// A provider's answer, as a browser brought it (RFC 6749 section 4.1.2, RFC 9207). Its state has been checked.
enum ConnectAnswer {
    /// - Parameters:
    ///   - query: every parameter of the answer, each once.
    ///   - issuer: the server's name, as it was when the browser left.
    ///   - namesItself: whether every answer of that server names it.
    /// - Throws: an answer of nobody knows whom is never read, not even its error.
    static func code(
        in query: [String: String], from issuer: String?, namesItself: Bool
    ) throws(ConnectProblem) -> String {
        if let named = query["iss"] {
            // By simple string, nothing normalised: a server without a name here isn't that one.
            guard named == issuer else { throw ConnectProblem(.mixUp) }
        } else if namesItself {
            throw ConnectProblem(.mixUp)
        }
        if let error = query["error"] {
            switch error {
            case "access_denied" where isAdministrators(query["error_description"]), "admin_policy_enforced":
                throw ConnectProblem(
                    .refused, "an administrator there has to allow it first",
                    hint:
                        "ask whoever administers your organization's accounts there to allow Deputy's app what is listed "
                        + "below, then begin again")
            case "access_denied": throw ConnectProblem(.declined)
            case "invalid_scope", "unauthorized_client":
                // No other try of the person's changes that.
                throw ConnectProblem(
                    .refused, error,
                    hint: "whoever administers Deputy has to let its app at the service ask for what is listed below")
            case _: throw ConnectProblem(.refused, word(error))
            }
        }
        guard let code = query["code"], (1...4_096).contains(code.utf8.count),
            code.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
        else { throw ConnectProblem(.malformed) }
        return code
    }

    /// Entra says it by the number of its sentence alone (AADSTS90094, and 90095 where people may ask for it).
    private static func isAdministrators(_ description: String?) -> Bool {
        ["AADSTS90094", "AADSTS90095"].contains { description?.hasPrefix($0) ?? false }
    }

    /// RFC 6749 section 4.1.2.1 has a closed set of characters for it; what hasn't isn't shown.
    private static func word(_ error: String) -> String? {
        (1...64).contains(error.utf8.count)
            && error.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }) ? error : nil
    }
}

/// Why a try ended, with what the provider called it.
public struct ConnectProblem: Error, Sendable, Hashable {
    public let end: ConnectEnd
    /// A word of the provider's, or a sentence of ours. Safe to show.
    public let reason: String?
    public let hint: String?
    /// What the person's next sign-in has to satisfy, as the provider said it; handed back as it came.
    public let claims: String?

    public init(_ end: ConnectEnd, _ reason: String? = nil, hint: String? = nil, claims: String? = nil) {
        self.claims = claims
        self.end = end
        self.reason = reason
        self.hint = hint
    }
}
