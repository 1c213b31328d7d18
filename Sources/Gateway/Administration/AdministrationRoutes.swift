import HTTPTypes
public import Hummingbird
import NIOCore
import Wire

extension AdministrationAPI {
    /// `/v1` over HTTP. Only for the socket, whose file permissions say who may speak.
    public func addRoutes(to router: Router<BasicRequestContext>) {
        for method in [HTTPRequest.Method.get, .post, .delete] {
            router.on("/v1/**", method: method) { request, context in
                await respond(to: request)
            }
        }
    }

    private func respond(to request: Request) async -> Response {
        let parts = request.uri.path.split(separator: "/").dropFirst().map {
            PercentEncoding.decode(String($0)) ?? String($0)
        }
        let body: JSONObject
        do {
            body = try await object(in: request)
        } catch {
            return reply(.refusal(400, "invalid", "the body isn't a JSON object"))
        }
        return reply(
            await handle(
                AdministrationRequest(
                    method: request.method.rawValue, path: parts,
                    query: Dictionary(
                        request.uri.queryParameters.map { (String($0.key), String($0.value)) },
                        uniquingKeysWith: { first, _ in first }), body: body)))
    }

    private func object(in request: Request, upTo most: Int = JSONLimits.message.bytes) async throws -> JSONObject {
        let buffer = try await request.body.collect(upTo: most)
        guard buffer.readableBytes > 0 else { return [:] }
        guard let object = try JSON.parse(Array(buffer.readableBytesView)).objectValue else {
            throw BodyError(message: "the body must be an object", hint: nil)
        }
        return object
    }

    private func reply(_ response: AdministrationResponse) -> Response {
        Response(
            status: .init(code: response.status), headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: response.body.bytes())))
    }
}

/// The one `/v1` route of the public face besides conversations (`APIServer`): a person takes up a token with the code that they were given.
public struct TakeUpRoute: Sendable {
    private let api: AdministrationAPI
    /// Codes that don't work, by where they are tried from.
    private let attempts = Attempts(burst: 20, perSecond: 1 / 6)

    public init(api: AdministrationAPI) {
        self.api = api
    }

    public func addRoutes(to router: Router<GatewayContext>) {
        router.post("/v1/tokens/take-up") { request, context in
            let address = context.source(of: request)
            guard let body = await api.takeUp(from: request) else { return api.notAnObject }
            let response = await attempts.look(at: address) { await api.respond(toTakeUp: body) }
            if response.status.kind == .clientError, let wait = attempts.charge(address) { return api.tooMany(wait) }
            return response
        }
    }
}

extension AdministrationAPI {
    /// Takes a code and nothing else: whatever path or query came, the route is the one of taking up.
    fileprivate func takeUp(from request: Request) async -> JSONObject? {
        // Anybody may send one: it holds a code.
        try? await object(in: request, upTo: 4 << 10)
    }

    fileprivate var notAnObject: Response { reply(.refusal(400, "invalid", "the body isn't a JSON object")) }

    fileprivate func respond(toTakeUp body: JSONObject) async -> Response {
        reply(await handle(AdministrationRequest(method: "POST", path: ["tokens", "take-up"], body: body)))
    }

    fileprivate func tooMany(_ seconds: Int) -> Response {
        var response = reply(
            .refusal(
                429, "too_many", "codes that don't work were tried from this address, one after another",
                hint: "wait \(seconds) seconds"))
        response.headers[.retryAfter] = "\(seconds)"
        return response
    }
}
