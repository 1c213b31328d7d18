import AsyncHTTPClient
import Authority
import Gate
import NIOHTTP1
import Telemetry
import Tracing
import Wire

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
        let span: RecordedSpan
        switch step.transport {
        case .http, .mail:
            span = tracer.startSpan("\(step.method) \(call.provider)", context: context, ofKind: .client)
        case .mcp(let carriage):
            // A call is all that is sent to a remote server under a permit.
            span = tracer.startSpan("tools/call \(call.ownTool)", context: context, ofKind: .client)
            span.set("mcp.method.name", "tools/call")
            span.set("mcp.protocol.version", (carriage.isModern ? MCPVersion.july2026 : .november2025).rawValue)
            span.set("gen_ai.operation.name", "execute_tool")
            span.set("gen_ai.tool.name", call.ownTool)
            span.set("jsonrpc.request.id", carriage.id)
            span.set("network.transport", "tcp")
        }
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

    /// Its tool's name at the provider.
    fileprivate var ownTool: String { String(tool.drop { $0 != "." }.dropFirst()) }
}

extension UpstreamFailure {
    fileprivate var name: String {
        switch self {
        case .notSent: "not_sent"
        case .unknown: "unknown"
        }
    }
}
