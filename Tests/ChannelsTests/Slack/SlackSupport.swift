import Authority
import Channels
import Crypto
import Turns
import Wire

/// Slack's side, as these tests play it.
enum Slack {
    static let now = Timestamp(microseconds: 1_795_000_000_250_000)
    static let seconds: Int64 = 1_795_000_000
    static let home: JSONObject = ["app": "A1", "team": "T1", "user": "UB0T", "bot": "B1"]
    static let accountID = ChannelAccountID(organization: OrganizationID("acme"), kind: .slack, name: "assistant")
    static let account = ChannelAccount(id: accountID, settings: home)

    static func receive(
        _ request: HookRequest, settings: JSONObject = home, at now: Timestamp = now
    ) -> HookOutcome {
        SlackChannel().receive(
            request, for: ChannelAccount(id: accountID, settings: settings), signing: Secret(), at: now)
    }

    /// What a body of the Events API comes to.
    static func receive(_ body: JSON, settings: JSONObject = home) -> HookOutcome {
        receive(signed(body.bytes()), settings: settings)
    }

    /// The one message that an event comes to; nil when it comes to something else.
    static func message(_ event: JSONObject, in more: JSONObject = [:], settings: JSONObject = home) -> InboundMessage?
    {
        guard case .messages(let messages, .taken) = receive(callback(event, more), settings: settings),
            messages.count == 1
        else { return nil }
        return messages[0]
    }

    /// A message that Alice wrote.
    static func wrote(
        _ text: String = "hello", channel: String = "D1", _ more: JSONObject = [:]
    ) -> JSONObject {
        var event: JSONObject = [
            "type": "message", "channel": .string(channel), "user": "U7", "text": .string(text),
            "ts": "1795000000.000100", "team": "T1", "event_ts": "1795000000.000100",
            "channel_type": channel.hasPrefix("D") ? "im" : "channel",
        ]
        for (key, value) in more.members { event[key] = value }
        return event
    }

    static func callback(_ event: JSONObject, _ more: JSONObject = [:]) -> JSON {
        var body: JSONObject = [
            "token": "old", "team_id": "T1", "api_app_id": "A1", "event": .object(event), "type": "event_callback",
            "event_id": "Ev1", "event_time": 1_795_000_000,
            "authorizations": [["team_id": "T1", "enterprise_id": nil, "user_id": "UB0T", "is_bot": true]],
        ]
        for (key, value) in more.members { body[key] = value }
        return .object(body)
    }

    static func signed(
        _ body: [UInt8], type: String = "application/json", stamp: String = String(seconds),
        secret: String = Secret.text
    ) -> HookRequest {
        let mac = HMAC<SHA256>.authenticationCode(
            for: Array("v0:\(stamp):".utf8) + body, using: SymmetricKey(data: Array(secret.utf8)))
        return HookRequest(
            method: "POST", query: "",
            headers: [
                "content-type": type, "x-slack-request-timestamp": stamp,
                "x-slack-signature": "v0=" + Hex.encode(Array(mac)),
            ], body: body)
    }

    static func form(_ payload: JSON) -> HookRequest {
        signed(
            Array("payload=\(PercentEncoding.encode(payload.text))".utf8), type: "application/x-www-form-urlencoded")
    }
}

struct Secret: ChannelSigning {
    static let text = "a signing secret"

    func isHMACSHA256(_ mac: [UInt8], of message: [UInt8]) -> Bool {
        HMAC<SHA256>.isValidAuthenticationCode(
            mac, authenticating: message, using: SymmetricKey(data: Array(Self.text.utf8)))
    }
}

extension HookRequest {
    func changed(
        method: String? = nil, headers: [String: String?] = [:], body: [UInt8]? = nil
    ) -> HookRequest {
        HookRequest(
            method: method ?? self.method, query: query,
            headers: headers.reduce(into: self.headers) { $0[$1.key] = $1.value }, body: body ?? self.body)
    }
}
