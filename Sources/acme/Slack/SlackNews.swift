import Crypto
import Foundation

/// What can go wrong on the way from Slack to an app.
enum SlackFault: String, Sendable, CaseIterable {
    /// Told again though it was taken.
    case duplicate
    /// Signed ten minutes ago.
    case late
    /// Signed with another secret.
    case forged
    /// Without a signature.
    case unsigned
    /// Over a mebibyte.
    case oversized
    /// Cut in the middle.
    case malformed
}

/// Something that an app is told.
struct SlackNews: Sendable {
    let app: SlackApp
    let contentType: String
    let body: [UInt8]
    /// Presses aren't told again.
    let isRetried: Bool
    let fault: SlackFault?
    let event: String?
    /// As envelopes name it.
    let type: String
    /// What an envelope holds.
    let payload: JSON

    /// Of the Events API.
    init(event: JSON, id: String, to app: SlackApp, fault: SlackFault?) {
        let whole =
            (fault == .oversized ? event.with("padding", .string(String(repeating: " ", count: 1 << 20))) : event).bytes
        self.app = app
        type = "events_api"
        payload = event
        contentType = "application/json"
        body = fault == .malformed ? Array(whole.prefix(whole.count / 2)) : whole
        isRetried = true
        self.fault = fault
        self.event = id
    }

    /// Of interactivity.
    init(press: JSON, to app: SlackApp, fault: SlackFault?) {
        self.app = app
        type = "interactive"
        payload = press
        contentType = "application/x-www-form-urlencoded"
        body = Array(Form.encode([("payload", press.line)]).utf8)
        isRetried = false
        self.fault = fault
        event = nil
    }

    /// With a signature of now.
    func headers() -> [(String, String)] {
        let stamp = String(Int(Date().timeIntervalSince1970) - (fault == .late ? 600 : 0))
        let secret = fault == .forged ? "another secret" : app.signingSecret
        let mac = HMAC<SHA256>.authenticationCode(
            for: Data("v0:\(stamp):".utf8) + Data(body), using: SymmetricKey(data: Data(secret.utf8)))
        let hex = mac.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
        let plain = [
            ("Content-Type", contentType), ("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)"),
            ("Accept", "*/*"),
        ]
        guard fault != .unsigned else { return plain }
        return plain + [("X-Slack-Request-Timestamp", stamp), ("X-Slack-Signature", "v0=\(hex)")]
    }

    var json: JSON {
        let record: JSON = [
            "app": .string(app.owner), "event_id": .text(event), "fault": .text(fault?.rawValue),
            "content_type": .string(contentType),
        ]
        return record.with("body", body.count > 1 << 16 ? nil : .string(String(decoding: body, as: UTF8.self)))
    }
}
