import Authority
import Turns
import Wire

/// What a request of Slack's holds.
enum SlackBody {
    /// Of the Events API.
    case event(JSONObject)
    /// Somebody used something that we sent.
    case interaction(JSONObject)
}

extension SlackChannel {
    /// In octets. What Slack sends is far below.
    static let longestBody = 1 << 20
    /// Seconds to either side within which a request counts as new.
    private static let window: Int64 = 300

    /// Checks that Slack signed the request lately with the account's secret, and reads it.
    ///
    /// https://docs.slack.dev/authentication/verifying-requests-from-slack: the MAC is over `v0:TIMESTAMP:BODY`.
    func verify(
        _ request: HookRequest, signing: any ChannelSigning, at now: Timestamp
    ) throws(HookRefusal) -> SlackBody {
        guard request.method == "POST" else { throw .method }
        guard request.body.count <= Self.longestBody else { throw .tooLarge }
        guard let stamp = request.headers["x-slack-request-timestamp"], !stamp.isEmpty,
            let signature = request.headers["x-slack-signature"], !signature.isEmpty
        else { throw .unsigned }
        guard stamp.utf8.count <= 12, let seconds = SlackID.number(stamp.utf8) else { throw .stale }
        guard signature.hasPrefix("v0="), let mac = Hex.decode(String(signature.dropFirst(3))), mac.count == 32,
            signing.isHMACSHA256(mac, of: Array("v0:\(stamp):".utf8) + request.body)
        else { throw .badSignature }
        guard abs(now.microseconds / 1_000_000 - seconds) <= Self.window else { throw .stale }
        return try read(request)
    }

    private func read(_ request: HookRequest) throws(HookRefusal) -> SlackBody {
        let type = request.headers["content-type"] ?? ""
        switch type.prefix(while: { $0 != ";" && $0 != " " }).lowercased() {
        case "application/json": return .event(try object(request.body))
        case "application/x-www-form-urlencoded": return .interaction(try object(try payload(request.body)))
        case _: throw .malformed
        }
    }

    private func object(_ bytes: [UInt8]) throws(HookRefusal) -> JSONObject {
        guard let body = try? JSON.parse(bytes), let object = body.objectValue else { throw .malformed }
        return object
    }

    /// The one field of the form.
    private func payload(_ body: [UInt8]) throws(HookRefusal) -> [UInt8] {
        let name = Array("payload=".utf8)
        let fields = body.split(separator: UInt8(ascii: "&")).filter { $0.starts(with: name) }
        guard fields.count == 1, let field = fields.first,
            let text = String(
                validating: field.dropFirst(name.count).map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 },
                as: UTF8.self),
            let decoded = PercentEncoding.decode(text)
        else { throw .malformed }
        return Array(decoded.utf8)
    }
}
