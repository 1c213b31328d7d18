import Foundation
import HTTPTypes

/// Entra ID for Acme's tenant, and as much of Microsoft Graph as shows whose token came.
struct MicrosoftService: Service {
    let name = ServiceName.microsoft
    let desk: OAuthDesk
    let world: GraphWorld
    let key = SigningKey(id: "acme-entra")

    static let deviceSeconds = 900
    static let deviceInterval = 5

    var routes: [Route<Operation>] {
        let authorize = authorizing.operation("microsoft.authorize")
        let device = Operation(open: "microsoft.devicelogin", about: aboutVerify, run: verify)
        let login = "/{tenant}/oauth2/v2.0/"
        return [
            Route(
                .get, "/{tenant}/v2.0/.well-known/openid-configuration",
                Operation(open: "microsoft.configuration", run: configuration)),
            Route(
                .get, "/{tenant}/discovery/v2.0/keys",
                Operation(open: "microsoft.keys", run: { [key] _ in Answer(200, key.set) })),
            Route(.get, login + "authorize", authorize), Route(.post, login + "authorize", authorize),
            Route(.post, login + "token", Operation(open: "microsoft.token", about: aboutToken, run: token)),
            Route(
                .post, login + "devicecode",
                Operation(
                    open: "microsoft.devicecode", about: { Party(client: $0.form["client_id"]) }, run: beginDevice)),
            Route(.get, "/devicelogin", device), Route(.post, "/devicelogin", device),
            Route(.get, "/v1.0/me", graph("me", ["User.Read", "User.ReadBasic.All"], of: .directory, me)),
            Route(
                .get, "/v1.0/organization",
                graph("organization", ["User.Read", "Organization.Read.All"], of: .directory, organization)),
            Route(.get, "/v1.0/me/messages", graph("me.messages", Self.reading, messages)),
            Route(.get, "/v1.0/me/messages/{id}", graph("me.message", Self.reading, message)),
            Route(.post, "/v1.0/me/sendMail", graph("me.sendMail", ["Mail.Send"], sendMail)),
            Route(
                .get, "/v1.0/me/calendarView",
                graph("me.calendarView", ["Calendars.Read", "Calendars.ReadWrite"], calendarView)),
            Route(.post, "/v1.0/me/events", graph("me.events", ["Calendars.ReadWrite"], createEvent)),
            Route(.get, "/v1.0/users/{user}/messages", graph("users.messages", Self.reading, messages)),
        ] + keyRoutes
    }

    private static let reading = ["Mail.Read", "Mail.ReadWrite", "Mail.ReadBasic"]

    /// What answers behind Graph: each says in its own way that a token lacks a permission.
    private enum Workload {
        case exchange, directory

        var lacking: Answer {
            switch self {
            case .exchange:
                MicrosoftService.no(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
            case .directory:
                MicrosoftService.no(
                    403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
            }
        }
    }

    /// An operation of Graph: the token must be for Graph, and then have one of the scopes.
    private func graph(
        _ name: String, _ scopes: [String], of workload: Workload = .exchange,
        _ run: @escaping @Sendable (Call, Token) throws(Answer) -> Answer
    ) -> Operation {
        Operation(name: "graph." + name) { call, token throws(Answer) in
            guard token.audience == Entra.graph else {
                throw Self.no(401, "InvalidAuthenticationToken", "Access token validation failure. Invalid audience.")
            }
            guard !token.scopes.isDisjoint(with: scopes) else { throw workload.lacking }
            if let claims = desk.account(token.owner)?.graphClaims { throw Self.challenge(claims) }
            return try run(call, token)
        }
    }

    var authorizing: Authorizing {
        Authorizing(
            desk: desk, rules: Self.rules,
            screen: { request throws(Answer) in
                do {
                    _ = try Entra.split(request.scopes)
                } catch {
                    throw request.answer("invalid_scope", "AADSTS28000: the scopes are of more than one resource")
                }
                // Nobody here is an administrator.
                let needed = request.client.administrators.intersection(request.scopes.map(Entra.bare))
                if request.form["decision"] == "allow", !needed.isEmpty {
                    throw request.answer(
                        "access_denied", "AADSTS90094: the grant requires administrator permission")
                }
            },
            // Whoever satisfies the claims at the page has satisfied them.
            widen: { [desk] request, owner, allowed in
                if request.form["claims"] != nil {
                    desk.step { book in
                        guard var account = book.account(owner) else { return }
                        account.claims = nil
                        if account.graphClaims == request.form["claims"] { account.graphClaims = nil }
                        book.put(account)
                    }
                }
                return allowed
            })
    }

    /// The token is good, and its owner has to sign in with more (learn.microsoft.com/entra/identity-platform/claims-challenge).
    private static func challenge(_ claims: String) -> Answer {
        no(401, "InvalidAuthenticationToken", "Continuous access evaluation resulted in challenge.").adding(
            "WWW-Authenticate",
            "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", "
                + "error=\"insufficient_claims\", claims=\"\(Data(claims.utf8).base64EncodedString())\"")
    }

    static func rules(_ call: Call) -> AuthorizationRules {
        AuthorizationRules(title: "Microsoft")
    }

    private func configuration(_ call: Call) throws(Answer) -> Answer {
        try Entra.check(call)
        let origin = desk.origin(call)
        let root = "\(origin)/\(Entra.tenant)"
        return Answer(
            200,
            [
                "issuer": .string(root + "/v2.0"), "authorization_endpoint": .string(root + "/oauth2/v2.0/authorize"),
                "token_endpoint": .string(root + "/oauth2/v2.0/token"),
                "device_authorization_endpoint": .string(root + "/oauth2/v2.0/devicecode"),
                "jwks_uri": .string(root + "/discovery/v2.0/keys"), "response_types_supported": ["code"],
                "token_endpoint_auth_methods_supported": [
                    "client_secret_post", "private_key_jwt", "client_secret_basic",
                ],
                "id_token_signing_alg_values_supported": ["RS256"], "subject_types_supported": ["pairwise"],
            ])
    }

    /// How Graph refuses.
    func refuse(_ refusal: Refusal) -> Answer {
        switch refusal {
        case .noToken: Self.no(401, "InvalidAuthenticationToken", "Access token is empty.")
        case .unknownToken: Self.no(401, "InvalidAuthenticationToken", "IDX14100: JWT is not well formed.")
        case .revokedToken, .expiredToken:
            Self.no(401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.")
        case .missingScope:
            Self.no(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
        case .rateLimited(let seconds):
            Self.no(429, "TooManyRequests", "Too many requests.").adding("Retry-After", String(seconds))
        case .noSuchOperation, .otherMethod: Self.no(404, "ResourceNotFound", "Resource not found.")
        case .badBody: Self.no(400, "BadRequest", "Unable to read JSON request payload.")
        case .fault(let status): Self.no(status, "ServiceNotAvailable", "The service is not available.")
        }
    }

    static func no(_ status: Int, _ code: String, _ text: String) -> Answer {
        Answer(status, ["error": ["code": .string(code), "message": .string(text)]], error: code)
    }
}
