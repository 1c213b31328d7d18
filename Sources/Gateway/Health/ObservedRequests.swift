public import Hummingbird
public import Telemetry

/// How many requests there were and how long they took, by the route's template: never by what stands in its place.
public struct HTTPInstruments: Sendable {
    let requests: Counter
    let seconds: Histogram

    public init(_ registry: MetricRegistry) {
        requests = registry.adding(
            Counter(
                "deputy_http_requests_total", "HTTP requests answered, by route, method and status.",
                labels: ["route", "method", "status"], most: 500))
        seconds = registry.adding(
            Histogram(
                "deputy_http_request_seconds", "From a request's head to the head of its answer.",
                bounds: Histogram.long, labels: ["route"], most: 100))
    }
}

/// Counts every request of a router. Added first, so that it sees what all others answer.
public struct ObservedRequests<Context: RequestContext>: RouterMiddleware {
    private let instruments: HTTPInstruments

    public init(_ instruments: HTTPInstruments) {
        self.instruments = instruments
    }

    public func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        do {
            let response = try await next(request, context)
            count(request, context, Int(response.status.code), since: start)
            return response
        } catch {
            count(request, context, (error as? any HTTPResponseError).map { Int($0.status.code) } ?? 500, since: start)
            throw error
        }
    }

    private func count(_ request: Request, _ context: Context, _ status: Int, since start: ContinuousClock.Instant) {
        // Where no route was found, the framework says so in a word of its own.
        let route = context.endpointPath.flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "none"
        instruments.requests.add(1, [route, Self.known(request.method), "\(status)"])
        instruments.seconds.record(ContinuousClock.now - start, [route])
    }

    /// A method may be any word (RFC 9110 section 9.1).
    private static func known(_ method: HTTPRequest.Method) -> String {
        switch method {
        case .get, .head, .post, .put, .patch, .delete, .options: method.rawValue
        default: "other"
        }
    }
}
