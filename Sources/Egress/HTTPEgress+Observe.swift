import AsyncHTTPClient
import Authority
import Gate
import NIOHTTP1
import Telemetry
import Tracing

extension HTTPEgress {
    /// Measures one request of a call, and traces it.
    func observed(
        _ step: Step, of call: JudgedCall,
        _ request: () async throws(UpstreamFailure) -> UpstreamAnswer
    ) async throws(UpstreamFailure) -> UpstreamAnswer {
        guard let instruments else { return try await request() }
        let start = ContinuousClock.now
        let span = span(step, of: call)
        defer { span?.end() }
        let result = await InstrumentationContext.withValue(span?.context ?? .current) {
            () async -> Result<UpstreamAnswer, UpstreamFailure> in
            do throws(UpstreamFailure) {
                return .success(try await request())
            } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let answer):
            instruments.record(call.provider, "\(answer.status / 100)xx", since: start)
            span?.set("http.response.status_code", answer.status)
            if answer.status >= 400 { span?.fail("\(answer.status)") }
        case .failure(let failure):
            instruments.record(call.provider, failure.name, since: start)
            span?.fail(failure.name)
        }
        return try result.get()
    }

    /// Nil where the call isn't traced. Says where it goes, and nothing of what is in it: a path may hold an argument.
    private func span(_ step: Step, of call: JudgedCall) -> RecordedSpan? {
        guard let tracer = instruments?.tracer, let context = InstrumentationContext.current, context.trace != nil
        else {
            return nil
        }
        let span = tracer.startSpan("\(step.method) \(call.provider)", context: context, ofKind: .client)
        span.set("http.request.method", step.method)
        span.set("server.address", call.connection?.facts.host)
        span.set("deputy.provider", call.provider)
        span.set("deputy.step", step.kind.rawValue)
        return span
    }

    /// `traceparent`, where providers may know.
    func addTrace(to request: inout HTTPClientRequest) {
        guard instruments?.tellsProviders == true, let trace = InstrumentationContext.current?.trace else { return }
        request.headers.replaceOrAdd(name: "traceparent", value: trace.traceparent)
    }
}

extension JudgedCall {
    /// The provider or remote server that its tool belongs to: what stands before the first dot of its name.
    fileprivate var provider: String { String(tool.prefix { $0 != "." }) }
}

extension UpstreamFailure {
    fileprivate var name: String {
        switch self {
        case .notSent: "not_sent"
        case .unknown: "unknown"
        }
    }
}
