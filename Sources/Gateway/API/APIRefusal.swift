import HTTPTypes
import Hummingbird
import Turns
import Wire

/// A request to `/v1` that comes to nothing, in the one shape of every refusal there.
struct APIRefusal: Error {
    let status: Int
    let code: String
    let message: String
    var hint: String?
    var headers: HTTPFields = [:]

    /// The word under which it is counted.
    var counted: String {
        switch code {
        case "unauthenticated": "unsigned"
        case "invalid_token": "forged"
        case "too_large": "oversized"
        case "file-size", "file-many": code
        case "too_many": "rate"
        case "exists": "other-message"
        case "unknown", "refused", "unavailable": code
        case _: "malformed"
        }
    }

    var response: Response {
        let refusal = AdministrationResponse.refusal(status, code, message, hint: hint)
        return .json(refusal.body, status: .init(code: status), headers: headers)
    }
}

extension APIRefusal {
    static func unauthenticated(_ challenge: String) -> APIRefusal {
        APIRefusal(
            status: 401, code: "unauthenticated", message: "a bearer token is needed",
            hint: "make one: `deputy tokens create PERSON --agent NAME --for api`",
            headers: [.wwwAuthenticate: challenge])
    }

    /// Unknown, expired, revoked, or for another place: all answer alike.
    static func invalidToken(_ challenge: String) -> APIRefusal {
        APIRefusal(
            status: 401, code: "invalid_token", message: "this token isn't valid here",
            hint: "a token for `/mcp` isn't one for `/v1`: `deputy tokens create PERSON --agent NAME --for api`",
            headers: [.wwwAuthenticate: challenge])
    }

    static func badCredentials(_ message: String, _ challenge: String) -> APIRefusal {
        APIRefusal(status: 400, code: "invalid", message: message, headers: [.wwwAuthenticate: challenge])
    }

    static func otherAgent(_ challenge: String) -> APIRefusal {
        APIRefusal(
            status: 403, code: "refused", message: "this token isn't for this agent",
            headers: [.wwwAuthenticate: challenge])
    }

    static func tooMany(_ seconds: Int) -> APIRefusal {
        APIRefusal(
            status: 429, code: "too_many", message: "too many requests with this token",
            hint: "wait \(seconds) seconds", headers: [.retryAfter: String(seconds)])
    }

    static func tooManyFiles(_ seconds: Int) -> APIRefusal {
        APIRefusal(
            status: 429, code: "too_many", message: "more files came than are kept for one person",
            hint: "wait \(seconds) seconds, or send the message without them", headers: [.retryAfter: String(seconds)])
    }

    static func tooManyWaiting(_ most: Int, wait seconds: Int) -> APIRefusal {
        APIRefusal(
            status: 429, code: "too_many", message: "\(most) messages of this token wait for an answer already",
            hint: "send the next one when some are answered: ask again in \(seconds) seconds",
            headers: [.retryAfter: String(seconds)])
    }

    static func invalid(_ message: String, hint: String? = nil) -> APIRefusal {
        APIRefusal(status: 422, code: "invalid", message: message, hint: hint)
    }

    static func badName(_ what: String) -> APIRefusal {
        .invalid("\(what) must have 1 to 64 letters, digits, `-` and `_`")
    }

    static let noSuchAgent = APIRefusal(status: 404, code: "unknown", message: "no such agent")
    static let noSuchConversation = APIRefusal(status: 404, code: "unknown", message: "no such conversation")
    static let noSuchMessage = APIRefusal(status: 404, code: "unknown", message: "no such message")
    static let noSuchFile = APIRefusal(status: 404, code: "unknown", message: "no such file")
    static let notJSON = APIRefusal(
        status: 415, code: "invalid", message: "the body must be `application/json`, not compressed")
    static let tooLarge = APIRefusal(
        status: 413, code: "too_large",
        message: "a message has at most \(TalkDesk.longest) characters, and files of "
            + "\(InboundFile.longestTogether >> 20) MiB together")
    /// Whoever sends something else under an id that was used mustn't think that it was taken.
    static let otherMessage = APIRefusal(
        status: 409, code: "exists", message: "another message was sent with this token under this id",
        hint: "give each message an id of its own")
    static let unavailable = APIRefusal(
        status: 503, code: "unavailable", message: "the gateway can't do this now", headers: [.retryAfter: "1"])
}
