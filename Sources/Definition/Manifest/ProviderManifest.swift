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
    /// How many requests it answers at once for one account; nil where it names no bound.
    public var atOnce: Int? = nil
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
    /// Where the answers hold the account's id, the first that is there; empty where the provider names none, and an account is
    /// known by its key alone. It is given once and never to anybody else, within its tenant at least.
    public let id: [JSONPointer]
    /// Where they hold the tenant or workspace that the id counts in, the first that is there. With one, an account's name is
    /// both: `tenant/id`.
    public let within: [JSONPointer]
    /// Where they hold the id by which connections of before were known, which is one account's for ever; nil where it isn't.
    public let formerly: JSONPointer?
    /// Where they hold an address that the provider vouches for; nil where it doesn't.
    public let email: JSONPointer?
    /// Where they hold an address to show, which says nothing of whose account it is: whoever runs the account's tenant writes
    /// there what they like.
    public let address: JSONPointer?
    /// What to show a person.
    public let name: JSONPointer?
    /// Response header that lists the granted scopes, comma-separated.
    public let scopesHeader: String?

    public init(
        requests: [RequestTemplate], id: [JSONPointer], within: [JSONPointer] = [], formerly: JSONPointer? = nil,
        email: JSONPointer?, address: JSONPointer? = nil, name: JSONPointer?, scopesHeader: String?
    ) {
        self.requests = requests
        self.id = id
        self.within = within
        self.formerly = formerly
        self.email = email
        self.address = address
        self.name = name
        self.scopesHeader = scopesHeader
    }
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
    /// How it says that the credential lacks a permission, beside the challenge of RFC 6750.
    public let missingScopes: MissingScopesShape
}

/// How a provider says that a credential lacks a permission.
public struct MissingScopesShape: Sendable {
    /// Codes that say so.
    public let codes: [String]
    /// Where such a code may stand, beside the place of every code.
    public let at: [JSONPointer]
    /// How the message begins that says so.
    public let says: [String]
    /// Where the scopes are named; nil where they aren't, and what the tool needs is meant.
    public let named: JSONPointer?
    /// What stands between them.
    public let separator: String
    /// Whether one of those that are named is enough, here and in a challenge.
    public let isAnyEnough: Bool

    /// A provider that says nothing of its own.
    public static let none = MissingScopesShape(
        codes: [], at: [], says: [], named: nil, separator: " ", isAnyEnough: false)
}

/// One tool of a provider.
public struct ToolManifest: Sendable {
    public let name: String
    public let title: String
    public let text: String
    public let effect: Effect
    public let scopes: [String]
    /// What the provider may want besides, for some calls.
    public let mayNeed: [String]
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
