import Foundation

/// How Notion refuses: an `error` object with status, code and message (developers.notion.com, status codes).
enum NotionRules {
    static let accounts = NotionWorld.bots.map { bot in
        Account(service: .notion, owner: bot.owner, scopes: ["read_content", "read_user_with_email"], shape: .notion)
    }

    static func no(_ status: Int, _ code: String, _ message: String) -> Answer {
        Answer(
            status,
            [
                "object": "error", "status": .int(status), "code": .string(code), "message": .string(message),
                "request_id": .string(requestID()),
            ], error: code)
    }

    static func requestID() -> String {
        UUID().uuidString.lowercased()
    }

    static func invalid(_ message: String) -> Answer {
        no(400, "validation_error", message)
    }

    static func notFound(_ kind: String, _ id: String) -> Answer {
        no(
            404, "object_not_found",
            "Could not find \(kind) with ID: \(id). Make sure the relevant pages and databases are shared with your "
                + "integration.")
    }

    /// Each call must say which version of the API it was written for.
    static func version(_ call: Call) -> Answer? {
        guard let version = call.header("Notion-Version") else {
            return no(
                400, "missing_version",
                "Notion-Version header failed validation: Notion-Version header should be defined, instead was "
                    + "`undefined`.")
        }
        let digits = version.split(separator: "-", omittingEmptySubsequences: false).map(\.count)
        guard digits == [4, 2, 2], version.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == "-") }) else {
            return invalid("Notion-Version header failed validation: `\(version)` is not a known version.")
        }
        return nil
    }

    static func refuse(_ refusal: Refusal) -> Answer {
        switch refusal {
        case .noToken, .unknownToken, .revokedToken, .expiredToken: no(401, "unauthorized", "API token is invalid.")
        case .missingScope: no(403, "restricted_resource", "Insufficient permissions for this endpoint.")
        case .rateLimited(let seconds):
            no(
                429, "rate_limited",
                "You have been rate limited. Please try again in a few minutes."
            ).adding("Retry-After", String(seconds))
        case .noSuchOperation, .otherMethod: no(400, "invalid_request_url", "Invalid request URL.")
        case .badBody: no(400, "invalid_json", "Error parsing JSON body.")
        case .fault(let status):
            no(
                status, status == 503 ? "service_unavailable" : "internal_server_error",
                "Unexpected error occurred.")
        }
    }

    /// An id as Notion takes it, with or without dashes, in the form with dashes.
    static func uuid(_ text: String, parameter: String) throws(Answer) -> String {
        let hex = text.replacing("-", with: "").lowercased()
        guard hex.count == 32, hex.allSatisfy(\.isHexDigit) else {
            throw invalid(
                "path failed validation: path.\(parameter) should be a valid uuid, instead was `\"\(text)\"`.")
        }
        var dashed = hex
        for offset in [8, 13, 18, 23] {
            dashed.insert("-", at: dashed.index(dashed.startIndex, offsetBy: offset))
        }
        return dashed
    }
}
