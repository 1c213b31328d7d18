import AsyncHTTPClient
public import Authority
public import Broker
import FoundationEssentials
public import Gate
import NIOCore
import NIOHTTP1
import Wire

/// Posts notices after Standard Webhooks (standardwebhooks.com, specification 1.0): signed, with ids and the link alone.
public struct WebhookNotifier: Notifier {
    let settings: WebhookSettings
    let egress: HTTPEgress
    let now: @Sendable () -> Timestamp

    public init(_ settings: WebhookSettings, egress: HTTPEgress, now: @escaping @Sendable () -> Timestamp) {
        self.settings = settings
        self.egress = egress
        self.now = now
    }

    public func notify(_ notice: Notice) async throws(NoticeFailure) {
        try await post(id: notice.id.raw, WebhookNotifier.body(notice))
    }

    private func post(id: String, _ body: [UInt8]) async throws(NoticeFailure) {
        guard let origin = Origin(settings.origin) else { throw .refused("the webhook's address can't be reached") }
        let seconds = now().microseconds / 1_000_000
        var headers = HTTPHeaders()
        headers.add(name: "Content-Type", value: "application/json")
        headers.add(name: "User-Agent", value: egress.userAgent)
        headers.add(name: "webhook-id", value: id)
        headers.add(name: "webhook-timestamp", value: "\(seconds)")
        headers.add(
            name: "webhook-signature",
            value: WebhookSignature.value(id: id, seconds: seconds, body: body, key: settings.key))
        let forms = SecretForms(of: settings.key)
        egress.secrets.begin(forms)
        defer { egress.secrets.end(forms) }
        let status = try await post(body, headers, to: origin, redacting: forms)
        switch status {
        case 200..<300: return
        case 408, 425, 429, 500...: throw .notSent("the webhook answered \(status)")
        default: throw .refused("the webhook answered \(status)")
        }
    }

    private func post(
        _ body: [UInt8], _ headers: HTTPHeaders, to origin: Origin, redacting forms: SecretForms
    ) async throws(NoticeFailure) -> UInt {
        var request = HTTPClientRequest(at: origin, settings.target)
        request.method = .POST
        request.headers = headers
        request.body = .bytes(body)
        do {
            let client = try await egress.clients.client(for: origin)
            // The answer's body says nothing that is needed: it isn't read.
            return try await client.execute(request, deadline: .now() + WebhookNotifier.whole) { $0.status.code }
        } catch let failure as UpstreamFailure {
            throw NoticeFailure(failure)
        } catch {
            throw NoticeFailure(Failures.failure(error, redacting: forms))
        }
    }

    private static let whole = TimeAmount.seconds(20)

    static func body(_ notice: Notice) -> [UInt8] {
        var data: JSONObject = [
            "organization": .string(notice.organization.raw), "person": .string(notice.person.raw),
            "agents": .array(notice.agents.map { .string($0.raw) }), "link": .string(notice.link),
        ]
        switch notice.matter {
        case .approvals(let waiting), .connectionsInTrouble(let waiting), .schedulesStopped(let waiting):
            data["waiting"] = .number(JSONNumber(Int64(waiting)))
        case .connectionNeeded, .agreementNeeded, .toolsChanged, .test: break
        }
        return body(notice.matter.event, notice.created, data)
    }

    private static func body(_ type: String, _ at: Timestamp, _ data: JSONObject) -> [UInt8] {
        let time = Date(timeIntervalSince1970: Double(at.microseconds / 1_000_000)).ISO8601Format()
        return JSON.object(["type": .string(type), "timestamp": .string(time), "data": .object(data)]).bytes()
    }
}

extension WebhookNotifier: EventPoster {
    public func post(_ message: EventMessage) async throws(NoticeFailure) {
        try await post(id: message.id, WebhookNotifier.body(message.type, message.at, message.data))
    }
}

/// `v1,` and the HMAC-SHA-256 of `id.timestamp.body` in base64.
enum WebhookSignature {
    static func value(id: String, seconds: Int64, body: [UInt8], key: HeldSecret) -> String {
        let signed = Array("\(id).\(seconds).".utf8) + body
        return "v1," + Base64.encode(key.withBytes { Digest.hmac(of: signed, key: Array($0)) }.bytes)
    }
}

extension SecretForms {
    /// Of the key itself; what follows `whsec_` is its base64, which is among the forms.
    fileprivate init(of key: HeldSecret) {
        self.init(key.withBytes { Array($0) })
    }
}

extension NoticeMatter {
    fileprivate var event: String {
        switch self {
        case .approvals: "approval.requested"
        case .connectionNeeded: "connection.needed"
        case .agreementNeeded: "agreement.needed"
        case .connectionsInTrouble: "connection.trouble"
        case .toolsChanged: "tools.changed"
        case .schedulesStopped: "schedule.stopped"
        case .test: "notice.test"
        }
    }
}

extension NoticeFailure {
    fileprivate init(_ failure: UpstreamFailure) {
        switch failure {
        case .notSent(let reason): self = .notSent(reason)
        case .unknown(let reason): self = .unknown(reason)
        }
    }
}
