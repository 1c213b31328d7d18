public import Hummingbird
public import Telemetry
import Tracing

/// How many requests there were and how long they took, by the route's template: never by what stands in its place.
public struct HTTPInstruments: Sendable {
    let requests: Counter
    let seconds: Histogram
    let tracer: SpanTracer?

    /// - Parameter tracer: nil where nothing is traced.
    public init(_ registry: MetricRegistry, tracer: SpanTracer? = nil) {
        requests = registry.adding(
            Counter(
                "deputy_http_requests_total", "HTTP requests answered, by route, method and status.",
                labels: ["route", "method", "status"], most: 500))
        seconds = registry.adding(
            Histogram(
                "deputy_http_request_seconds", "From a request's head to the head of its answer.",
                bounds: Histogram.long, labels: ["route"], most: 100))
        self.tracer = tracer
    }
}

/// Counts and traces every request of a router. Added first, so that it sees what all others answer.
public struct ObservedRequests<Context: RequestContext>: RouterMiddleware {
    private let instruments: HTTPInstruments

    public init(_ instruments: HTTPInstruments) {
        self.instruments = instruments
    }

    public func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        let span = span(request)
        defer { span?.end() }
        do {
            let response = try await InstrumentationContext.withValue(span?.context) {
                try await next(request, context)
            }
            count(request, context, Int(response.status.code), since: start, span)
            return response
        } catch {
            let status = (error as? any HTTPResponseError).map { Int($0.status.code) } ?? 500
            count(request, context, status, since: start, span)
            throw error
        }
    }

    private func count(
        _ request: Request, _ context: Context, _ status: Int, since start: ContinuousClock.Instant,
        _ span: RecordedSpan?
    ) {
        // Where no route was found, the framework says so in a word of its own.
        let route = context.endpointPath.flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "none"
        let method = Self.known(request.method)
        instruments.requests.add(1, [route, method, "\(status)"])
        instruments.seconds.record(ContinuousClock.now - start, [route])
        guard let span, span.isRecording else { return }
        span.operationName = "\(method) \(route)"
        span.set("http.request.method", method)
        // The path itself may hold a one-time code.
        span.set("http.route", route)
        span.set("http.response.status_code", status)
        if status >= 500 { span.fail("\(status)") }
    }

    /// Nil where nothing is traced, and for what only looks after the gateway.
    private func span(_ request: Request) -> RecordedSpan? {
        guard let tracer = instruments.tracer else { return nil }
        switch request.uri.path {
        case "/healthz", "/readyz", "/metrics": return nil
        default: break
        }
        let (context, link) = tracer.beginning(request.headers[.traceparent])
        let span = tracer.startSpan("HTTP", context: context, ofKind: .server)
        if let link { span.addLink(link) }
        return span
    }

    /// A method may be any word (RFC 9110 section 9.1).
    private static func known(_ method: HTTPRequest.Method) -> String {
        switch method {
        case .get, .head, .post, .put, .patch, .delete, .options: method.rawValue
        default: "_OTHER"
        }
    }
}
