import AsyncHTTPClient
import Broker
import Gate
import NIOCore
import NIOHTTP1
import NIOPosix
import Vault
import Wire

extension HTTPEgress {
    /// One request and its whole answer.
    func exchange(
        _ step: Step, at text: String, with credential: borrowing Credential, within tighter: EgressLimits? = nil
    ) async throws(UpstreamFailure) -> UpstreamAnswer {
        let limits = tighter ?? limits
        guard let origin = Origin(text), step.path.hasPrefix("/"), !step.path.hasPrefix("//") else {
            throw .notSent("`\(text)` isn't an origin that can be reached")
        }
        guard step.body.count <= limits.requestBytes else { throw .notSent("the request is too large") }
        let client = try await clients.client(for: origin)
        let forms = SecretForms(credential)
        secrets.begin(forms)
        defer { secrets.end(forms) }
        var request = HTTPClientRequest(at: origin, step.path + (step.query.isEmpty ? "" : "?" + step.query))
        request.method = HTTPMethod(rawValue: step.method)
        for header in step.headers { request.headers.add(name: header.name, value: header.value) }
        request.headers.replaceOrAdd(name: "User-Agent", value: userAgent)
        request.headers.replaceOrAdd(name: "Accept-Encoding", value: "identity")
        add(credential, to: &request.headers)
        if !step.body.isEmpty { request.body = .bytes(step.body) }
        addTrace(to: &request)
        let sent = request
        let awaited = step.transport
        do {
            return try await withDeadline(limits.whole) {
                try await client.execute(sent, deadline: .now() + .hours(1)) { response in
                    try await HTTPEgress.answer(response, forms, limits, awaited)
                }
            }
        } catch {
            throw Failures.failure(error, redacting: forms)
        }
    }

    /// The one place where a secret becomes text. HTTPClient's headers are Strings, whose bytes can't be wiped: the copy
    /// lives as long as the request does. Core dumps are off, and the log never sees it.
    func add(_ credential: borrowing Credential, to headers: inout HTTPHeaders) {
        let placement = credential.placement
        let (name, value) = credential.secret.withBytes { bytes -> (String, String) in
            switch placement {
            case .none: ("", "")
            case .bearer: ("Authorization", "Bearer " + String(decoding: bytes, as: UTF8.self))
            case .header(let name): (name, String(decoding: bytes, as: UTF8.self))
            case .basic: ("Authorization", "Basic " + Base64.encode(Array(bytes)))
            }
        }
        if !name.isEmpty { headers.replaceOrAdd(name: name, value: value) }
    }

    private static func answer(
        _ response: HTTPClientResponse, _ forms: SecretForms, _ limits: EgressLimits, _ transport: Step.Transport
    ) async throws -> UpstreamAnswer {
        var redactor = Redactor(forms.patterns)
        var body: [UInt8] = []
        var stream = stream(of: response, transport)
        var size = 0
        for try await buffer in response.body {
            size += buffer.readableBytes
            guard size <= limits.answerBytes else { throw Failures.TooLarge() }
            let redacted = redactor.push(Array(buffer.readableBytesView))
            body += redacted
            if stream?.push(redacted) != nil { break }
        }
        body += redactor.finish()
        return UpstreamAnswer(
            status: Int(response.status.code),
            headers: response.headers.map { name, value in
                Step.Header(name.lowercased(), Redactor.redact(value, forms.patterns))
            }, body: body)
    }

    /// A server may keep its stream open after the response: what comes then isn't waited for.
    private static func stream(of response: HTTPClientResponse, _ transport: Step.Transport) -> MCPEventStream? {
        switch transport {
        case .http, .mail: return nil
        case .mcp(let carriage):
            let isStream = response.headers.first(name: "content-type")?.hasPrefix("text/event-stream") ?? false
            return isStream ? MCPEventStream(id: carriage.id) : nil
        }
    }

    /// HTTPClient's deadline ends with the head of the answer, so the body has one of its own. An event loop's timer costs a
    /// place in a heap; a sleeping task costs a timer of the system and two switches of threads.
    func withDeadline<Value: Sendable>(
        _ limit: Duration, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let end = NIODeadline.now() + TimeAmount(limit)
        let task = Task { try await body() }
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let timer = loop.scheduleTask(deadline: end) {
            // A process that stood still looks first at what came meanwhile.
            guard NIODeadline.now() - end > .seconds(1) else { return task.cancel() }
            _ = loop.scheduleTask(in: .seconds(2)) { task.cancel() }
        }
        defer { timer.cancel() }
        return try await withTaskCancellationHandler {
            do {
                return try await task.value
            } catch {
                throw NIODeadline.now() < end ? error : Failures.TooSlow()
            }
        } onCancel: {
            task.cancel()
        }
    }
}
