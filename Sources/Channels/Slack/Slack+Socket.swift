public import Authority
public import Turns
import Wire

/// Socket Mode: https://docs.slack.dev/apis/events-api/using-socket-mode
extension SlackChannel: SocketChannel {
    private static let longestEnvelope = 200

    public var opening: ChannelRequest {
        ChannelRequest(method: "POST", path: "/api/apps.connections.open", body: .null)
    }

    public func opening(_ answer: ChannelAnswer) -> SocketOpening {
        let body = try? JSON.parse(answer.body)
        if answer.status == 200, body?["ok"]?.boolValue == true {
            guard let url = body?["url"]?.stringValue else { return .later(after: nil, "Slack gave no address") }
            return .address(url)
        }
        guard let code = body?["error"]?.stringValue, let refusal = SlackSocketRefusal(rawValue: code) else {
            return .later(after: answer.retryAfter, "Slack answers \(answer.status)")
        }
        return refusal.isPassing
            ? .later(after: answer.retryAfter, refusal.sentence) : .refused(refusal.sentence)
    }

    public func receive(_ text: [UInt8], for account: ChannelAccount, at now: Timestamp) -> SocketEvent {
        guard text.count <= SlackChannel.longestBody else { return .refused(.tooLarge) }
        guard let body = try? JSON.parse(text), let message = body.objectValue,
            let type = message["type"]?.stringValue, let settings = try? SlackSettings(account.settings)
        else { return .refused(.malformed) }
        switch type {
        case "hello":
            guard message["connection_info"]?["app_id"]?.stringValue == settings.app else {
                return .ended("the token is another app's than this account's", after: nil)
            }
            return .greeted
        case "disconnect":
            switch message["reason"]?.stringValue {
            case "link_disabled": return .ended("Socket Mode was turned off for the app", after: nil)
            case "too_many_websockets":
                return .ended("Slack has as many sockets open for the app as it opens", after: 30)
            // `warning`, `refresh_requested`, and whatever else ends one socket alone.
            case _: return .closing
            }
        case _:
            guard let envelope = message["envelope_id"]?.stringValue else { return .ignored }
            guard !envelope.isEmpty, envelope.utf8.count <= SlackChannel.longestEnvelope else {
                return .refused(.malformed)
            }
            let answer: JSONObject = ["envelope_id": .string(envelope)]
            return .told(
                outcome(of: type, message["payload"], for: account.id, settings),
                acknowledgement: JSON.object(answer).bytes())
        }
    }

    private func outcome(
        of type: String, _ payload: JSON?, for account: ChannelAccountID, _ settings: SlackSettings
    ) -> HookOutcome {
        guard let payload = payload?.objectValue else { return .refused(.malformed) }
        do throws(HookRefusal) {
            switch type {
            case "events_api": return try read(payload, for: account, settings)
            case "interactive": return try press(payload, for: account, settings)
            // Commands, which the manifest doesn't ask for, and what Slack may invent.
            case _: return .answered(.taken)
            }
        } catch {
            return .refused(error)
        }
    }
}

/// Why Slack opens no socket: https://docs.slack.dev/reference/methods/apps.connections.open#errors
enum SlackSocketRefusal: String, CaseIterable {
    case invalidAuth = "invalid_auth"
    case notAuthed = "not_authed"
    case notAllowed = "not_allowed_token_type"
    case missingScope = "missing_scope"
    case tokenRevoked = "token_revoked"
    case tokenExpired = "token_expired"
    case accountInactive = "account_inactive"
    case forbidden = "forbidden_team"
    case disabled = "socket_mode_not_enabled"
    case rateLimited = "ratelimited"
    case oldRateLimited = "rate_limited"
    case requestTimeout = "request_timeout"
    case serviceUnavailable = "service_unavailable"
    case internalError = "internal_error"
    case fatalError = "fatal_error"

    /// Whether it may be otherwise soon without anybody doing anything.
    var isPassing: Bool {
        switch self {
        case .invalidAuth, .notAuthed, .notAllowed, .missingScope, .tokenRevoked, .tokenExpired, .accountInactive,
            .forbidden, .disabled:
            false
        case .rateLimited, .oldRateLimited, .requestTimeout, .serviceUnavailable, .internalError, .fatalError: true
        }
    }

    var sentence: String {
        switch self {
        case .invalidAuth, .notAuthed: "Slack doesn't know the app-level token: add the account again with a new one"
        case .notAllowed: "the token isn't an app-level one, which begins with `xapp-`"
        case .missingScope: "the app-level token lacks the scope `connections:write`"
        case .tokenRevoked, .tokenExpired: "the app-level token was revoked: add the account again with a new one"
        case .accountInactive: "the app is deactivated"
        case .forbidden: "the workspace doesn't let the app open sockets"
        case .disabled: "Socket Mode isn't turned on for the app"
        case .rateLimited, .oldRateLimited: "Slack opens no more sockets for now"
        case .requestTimeout: "Slack didn't get the whole request"
        case .serviceUnavailable: "Slack is unavailable"
        case .internalError, .fatalError: "something failed within Slack"
        }
    }
}
