import OpenID
import Wire

/// A request to exchange a token, with everything checked that doesn't depend on who brings it (RFC 8693 section 2.1).
struct ExchangeRequest: Sendable {
    struct Brought: Sendable {
        let text: String
        let kind: SubjectToken.Kind
    }

    let subject: Brought
    let actor: Brought?
    let scope: OAuthScope
    /// Other names of the service that the token is for.
    let audiences: [String]

    init(_ parameters: OAuthParameters) throws(OAuthRefusal) {
        subject = Brought(
            text: try parameters.required("subject_token"),
            kind: try ExchangeRequest.kind(try parameters.required("subject_token_type"), "subject_token_type"))
        switch (parameters["actor_token"], parameters["actor_token_type"]) {
        case (nil, nil): actor = nil
        case (let text?, let type?):
            actor = Brought(text: text, kind: try ExchangeRequest.kind(type, "actor_token_type"))
        case (nil, _?): throw OAuthRefusal(.invalidRequest, "`actor_token_type` comes without `actor_token`")
        case (_?, nil): throw OAuthRefusal(.invalidRequest, "`actor_token_type` is missing")
        }
        if let type = parameters["requested_token_type"], type != TokenTypeName.accessToken {
            throw OAuthRefusal(.invalidRequest, "`requested_token_type` must be \(TokenTypeName.accessToken)")
        }
        scope = try OAuthScope(parameters["scope"])
        audiences = parameters.audiences
    }

    private static func kind(_ type: String, _ name: String) throws(OAuthRefusal) -> SubjectToken.Kind {
        switch type {
        case TokenTypeName.accessToken: return .accessToken
        case TokenTypeName.idToken: return .idToken
        case _:
            throw OAuthRefusal(
                .invalidRequest, "`\(name)` must be \(TokenTypeName.idToken) or \(TokenTypeName.accessToken)")
        }
    }
}

/// RFC 8693 section 3.
enum TokenTypeName {
    static let accessToken = "urn:ietf:params:oauth:token-type:access_token"
    static let idToken = "urn:ietf:params:oauth:token-type:id_token"
}

/// The grants beside codes and refresh tokens.
public enum ExchangeGrantType {
    /// RFC 8693 section 2.1.
    public static let exchange = "urn:ietf:params:oauth:grant-type:token-exchange"
    /// RFC 7523 section 2.1, with an ID-JAG as the assertion.
    public static let assertion = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    /// Which assertions are taken (draft-ietf-oauth-identity-assertion-authz-grant).
    public static let profile = "urn:ietf:params:oauth:grant-profile:id-jag"
}
