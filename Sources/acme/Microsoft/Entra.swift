import Foundation

/// How Entra ID refuses: the OAuth error, and its own number in words and figures (learn.microsoft.com, AADSTS codes).
enum Entra {
    static let tenant = "ac3e0000-0c0d-4a11-8bad-00000000ac3e"
    static let graph = "https://graph.microsoft.com"
    /// Scopes that are nobody's API.
    static let identity: Set<String> = ["openid", "profile", "email", "offline_access"]

    static func no(
        _ status: Int, _ error: String, _ code: Int, _ text: String, suberror: String? = nil, claims: String? = nil
    ) -> Answer {
        let stamp = Date().formatted(.iso8601)
        let correlation = UUID().uuidString.lowercased()
        let body: JSON = [
            "error": .string(error),
            "error_description": .string(
                "AADSTS\(code): \(text) Trace ID: \(correlation) Correlation ID: \(correlation) Timestamp: \(stamp)"),
            "error_codes": [.int(code)], "timestamp": .string(stamp), "trace_id": .string(correlation),
            "correlation_id": .string(correlation),
        ]
        return Answer(
            status,
            body.with("suberror", suberror.map(JSON.string)).with("claims", claims.map(JSON.string)), error: error
        ).unstored
    }

    static func grant(_ code: Int, _ text: String) -> Answer {
        no(400, "invalid_grant", code, text)
    }

    /// Refuses a tenant that isn't Acme's. `common` and `organizations` find it by the account.
    static func check(_ call: Call) throws(Answer) {
        let named = call.parameters["tenant"]?.lowercased() ?? ""
        guard ["common", "organizations", "acme.test", tenant].contains(named) else {
            throw no(400, "invalid_tenant", 90002, "Tenant '\(named)' not found.")
        }
    }

    /// A scope as consent remembers it: Graph's by their short names.
    static func bare(_ scope: String) -> String {
        scope.hasPrefix(graph + "/") ? String(scope.dropFirst(graph.count + 1)) : scope
    }

    /// The API and its scopes' own names; throws when they are of two APIs.
    static func split(_ scopes: [String]) throws(Answer) -> (api: String, names: [String]) {
        var apis: Set<String> = []
        var names: [String] = []
        for scope in scopes where !identity.contains(scope) {
            let parts = scope.split(separator: "/", omittingEmptySubsequences: false)
            if scope.contains("://"), let name = parts.last {
                apis.insert(parts.dropLast().joined(separator: "/"))
                names.append(String(name))
            } else {
                apis.insert(graph)
                names.append(scope)
            }
        }
        guard apis.count <= 1 else {
            throw no(400, "invalid_scope", 28000, "The scopes are of more than one resource.")
        }
        return (apis.first ?? graph, names)
    }
}

extension CodeFault {
    var entra: Answer {
        switch self {
        case .unknown: Entra.grant(9_002_313, "Invalid request. Request is malformed or invalid.")
        case .expired: Entra.grant(70008, "The provided authorization code has expired.")
        case .spent: Entra.grant(54005, "OAuth2 Authorization code was already redeemed.")
        case .otherRedirectURI: Entra.grant(500_112, "The reply address does not match the one of the code.")
        case .missingVerifier: Entra.grant(501_481, "The Code_Verifier is missing.")
        case .wrongVerifier:
            Entra.grant(501_481, "The Code_Verifier does not match the code_challenge supplied in the request.")
        }
    }
}

extension RefreshFault {
    var entra: Answer {
        switch self {
        case .unknown: Entra.grant(9_002_313, "Invalid request. Request is malformed or invalid.")
        case .expired: Entra.grant(700_082, "The refresh token has expired due to inactivity.")
        case .ended, .reused: Entra.grant(50173, "The provided grant has expired due to it being revoked.")
        }
    }
}

extension DeviceFault {
    var entra: Answer {
        switch self {
        case .unknown: Entra.no(400, "bad_verification_code", 70019, "Verification code expired or unknown.")
        case .pending: Entra.no(400, "authorization_pending", 70016, "Pending end-user authorization.")
        case .tooSoon: Entra.no(400, "slow_down", 50196, "The app polls too fast.")
        case .denied: Entra.no(400, "authorization_declined", 70018, "The user declined.")
        case .expired: Entra.no(400, "expired_token", 70020, "The provided value for device_code has expired.")
        }
    }
}
