import Authority
import HTTPTypes
public import Hummingbird
public import Logging
import NIOCore
public import Registry
public import Wire

/// The part of the authorization server that clients speak to: metadata, tokens, revocation, introspection, registration.
/// What a person is asked is a page (`PageServer`).
public struct AuthorizationServer: Sendable {
    let desk: OAuthDesk
    /// Web pages that may be clients.
    let origins: AllowedOrigins
    /// The public halves of the keys that sign ID tokens (RFC 7517).
    let keys: @Sendable () async throws -> JSON
    let log: Logger
    /// What didn't work, by where it came from. What is right is never refused, whoever else is at its address.
    let attempts = Attempts(burst: 200, perSecond: 2)
    /// Registrations, by where they come from.
    let registrations = Tries<SourceAddress>(burst: 10, perSecond: 1 / 60)

    public init(
        desk: OAuthDesk, origins: AllowedOrigins, log: Logger, keys: @escaping @Sendable () async throws -> JSON
    ) {
        self.desk = desk
        self.origins = origins
        self.log = log
        self.keys = keys
    }

    public func addRoutes(to router: Router<GatewayContext>) {
        for path in AuthorizationMetadata.paths {
            get(path, router) { Response.json(AuthorizationMetadata.document(desk.settings)) }
        }
        get(AuthorizationMetadata.keys, router) {
            do {
                return Response.json(try await keys())
            } catch {
                log.error("signing keys could not be read", metadata: ["error": "\(error)"])
                return refused(OAuthRefusal(.unavailable, "the keys can't be read"))
            }
        }
        for path in [AuthorizationMetadata.token, AuthorizationMetadata.tokenUnfound] { post(path, router, token) }
        post(AuthorizationMetadata.revoke, router, revoke)
        post(AuthorizationMetadata.introspect, router, introspect)
        if desk.settings.allowsRegistration {
            router.post("\(AuthorizationMetadata.register)") { request, context in
                origins.reading(request, await register(request, context))
            }
            router.answerPreflights(at: AuthorizationMetadata.register, methods: "POST", of: origins)
        }
    }

    /// A document that anybody may read.
    private func get(
        _ path: String, _ router: Router<GatewayContext>, _ document: @escaping @Sendable () async -> Response
    ) {
        router.get("\(path)") { request, _ in origins.reading(request, await document()) }
        router.answerPreflights(at: path, methods: "GET", of: origins)
    }

    private typealias Handler =
        @Sendable (OAuthParameters, ClientCredentials) async throws(OAuthRefusal) -> (Response, isRight: Bool)

    /// An endpoint that takes a form, from a client.
    private func post(_ path: String, _ router: Router<GatewayContext>, _ handler: @escaping Handler) {
        router.answerPreflights(at: path, methods: "POST", of: origins)
        router.post("\(path)") { request, context in
            origins.reading(request, await answer(request, context, handler))
        }
    }

    private func answer(_ request: Request, _ context: GatewayContext, _ handler: Handler) async -> Response {
        let address = context.source(of: request)
        do throws(OAuthRefusal) {
            let parameters = try await form(of: request)
            let credentials = try ClientCredentials(
                parameters, authorization: request.headers[values: .authorization])
            let (response, isRight) = try await attempts.look(at: address) { () async throws(OAuthRefusal) in
                try await handler(parameters, credentials)
            }
            if !isRight { _ = attempts.charge(address) }
            return response
        } catch {
            if error.code != .unavailable, let wait = attempts.charge(address) { return tooMany(wait) }
            return refused(error, named: request.headers[.authorization] != nil)
        }
    }

    @Sendable private func token(
        _ parameters: OAuthParameters, _ credentials: ClientCredentials
    ) async throws(OAuthRefusal) -> (Response, isRight: Bool) {
        let issued = try await desk.issue(parameters, credentials)
        let words = issued.effects.words + (issued.idToken == nil ? [] : [OAuthScope.openID])
        var object: JSONObject = [
            "access_token": .string(issued.access), "token_type": "Bearer",
            "expires_in": .number(JSONNumber(issued.lasts)), "scope": .string(words.joined(separator: " ")),
        ]
        if let refresh = issued.refresh { object["refresh_token"] = .string(refresh) }
        if let type = issued.type { object["issued_token_type"] = .string(type) }
        if let idToken = issued.idToken { object["id_token"] = .string(idToken) }
        return (.json(.object(object)), isRight: true)
    }

    /// What is nobody's is answered as what was given back, however often it comes.
    @Sendable private func revoke(
        _ parameters: OAuthParameters, _ credentials: ClientCredentials
    ) async throws(OAuthRefusal) -> (Response, isRight: Bool) {
        guard let token = parameters["token"] else { throw OAuthRefusal(.invalidRequest, "`token` is missing") }
        let isItsOwn = try await desk.revoke(token, credentials)
        return (Response(status: .ok), isRight: isItsOwn)
    }

    @Sendable private func introspect(
        _ parameters: OAuthParameters, _ credentials: ClientCredentials
    ) async throws(OAuthRefusal) -> (Response, isRight: Bool) {
        guard let token = parameters["token"] else { throw OAuthRefusal(.invalidRequest, "`token` is missing") }
        return (.json(.object(try await desk.introspect(token, credentials) ?? ["active": false])), isRight: true)
    }

    private func register(_ request: Request, _ context: GatewayContext) async -> Response {
        let address = context.source(of: request)
        if let wait = registrations.take(of: address) { return tooMany(wait) }
        do throws(OAuthRefusal) {
            return registered(try await desk.registerItself(try await body(of: request, type: "application/json")))
        } catch {
            return refused(error)
        }
    }

    private func registered(_ made: RegisteredClient) -> Response {
        let client = made.client
        var object: JSONObject = [
            "client_id": .string(client.id.raw), "client_name": .string(client.name),
            "client_id_issued_at": .number(JSONNumber(client.created.microseconds / 1_000_000)),
            "redirect_uris": .array(client.redirects.map { .string($0.text) }),
            "token_endpoint_auth_method": .string(client.authentication.rawValue),
            "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
        ]
        if let secret = made.secret {
            object["client_secret"] = .string(secret)
            object["client_secret_expires_at"] = 0
        }
        return .json(.object(object), status: .created)
    }
}
