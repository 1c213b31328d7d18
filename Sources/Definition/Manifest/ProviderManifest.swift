public import Authority
public import OAuth
public import Wire

/// A provider as data: where it is, how it takes a credential, what can be called there.
public struct ProviderManifest: Sendable {
    public let provider: ProviderID
    public let title: String
    /// Scheme, host and port. A home may override it.
    public let origin: String
    public let credential: CredentialPresentation
    /// Where its tokens come from; nil where a credential is made by hand alone.
    public let oauth: AuthorizationServer?
    /// Sent with every request.
    public let headers: [(name: String, value: String)]
    /// Its tokens see every person of the company.
    public let isCompanyWide: Bool
    public let isIdentityProvider: Bool
    public let account: AccountProbe
    public let refusal: RefusalShape
    public let tools: [ToolManifest]
    /// How its mailboxes are reached; nil for a provider of anything else, which is reached by HTTP.
    public let mail: MailManifest?
}

/// A provider of mailboxes.
public struct MailManifest: Sendable {
    public let access: MailAccess
    /// Where the provider tells whose a token is (OpenID Connect Core section 5.3); nil for passwords.
    public let account: Endpoint?
}

/// How a credential is put into a request.
public enum CredentialPresentation: Sendable, Hashable {
    /// `Authorization: Bearer …` (RFC 6750 section 2.1).
    case bearer
    /// The bare key in a header of this name.
    case apiKey(header: String)
    /// `Authorization: Basic …` (RFC 7617); the secret is `user:password`.
    case basic

    public var name: String {
        switch self {
        case .bearer: "bearer"
        case .apiKey: "api_key"
        case .basic: "basic"
        }
    }
}

/// How to ask the provider whose credential it is.
public struct AccountProbe: Sendable {
    public let requests: [RequestTemplate]
    /// Where the answer of the last request holds the account's id; nil where the provider names none, and an account is known
    /// by its key alone.
    public let id: JSONPointer?
    /// Where it holds a verified address; nil where the provider doesn't say.
    public let email: JSONPointer?
    /// What to show a person.
    public let name: JSONPointer?
    /// Response header that lists the granted scopes, comma-separated.
    public let scopesHeader: String?
}

/// How the provider says no.
public struct RefusalShape: Sendable {
    /// Where an error body holds the code.
    public let code: JSONPointer?
    public let message: JSONPointer?
    /// A member that is `false` in a refusal that comes with HTTP 200 (Slack).
    public let success: JSONPointer?
    /// Codes that mean that the credential itself is dead, beside HTTP 401.
    public let credentialCodes: [String]
}

/// One tool of a provider.
public struct ToolManifest: Sendable {
    public let name: String
    public let title: String
    public let text: String
    public let effect: Effect
    public let scopes: [String]
    public let arguments: [ArgumentManifest]
    public let labels: LabelManifest
    public let request: RequestTemplate
    /// Looks whether the effect happened when the answer got lost.
    public let verify: RequestTemplate?
    /// Where the answer holds the id of the person that it is about.
    public let answerSubject: JSONPointer?
    public let schema: JSONSchema
}

public struct ArgumentManifest: Sendable {
    public let name: String
    public let role: Role
    public let isRequired: Bool
}

/// Labels of what a tool brings back.
public struct LabelManifest: Sendable {
    public let integrity: Integrity
    /// Everybody in the organization may read it; otherwise the connection's owner alone.
    public let isForOrganization: Bool
    public let classes: DataClasses
}
