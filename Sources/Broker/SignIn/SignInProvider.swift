public import Authority
public import OAuth
public import OpenID
import Wire

/// A provider that people of this home sign in with, and us as its client.
public struct SignInProvider: Sendable {
    /// As it stands in addresses, on pages and in the ledger.
    public let name: String
    public let issuer: Issuer
    public let clientID: String
    public let authentication: ClientAuthentication
    /// Nil for a public client.
    public let secret: HeldSecret?
    /// What is asked for beside `openid`.
    public let scopes: [String]
    /// Nil where the provider decides about no group.
    public let groups: GroupMapping?

    public init(
        name: String, issuer: Issuer, clientID: String, authentication: ClientAuthentication, secret: HeldSecret?,
        scopes: [String], groups: GroupMapping?
    ) {
        self.name = name
        self.issuer = issuer
        self.clientID = clientID
        self.authentication = authentication
        self.secret = secret
        self.scopes = scopes
        self.groups = groups
    }
}

/// Which of a provider's groups make somebody a member of which of ours.
public struct GroupMapping: Sendable, Hashable {
    /// The claim that lists them: a name, or a JSON pointer into the token such as `/realm_access/roles`.
    public let claim: String
    /// By the provider's name for the group.
    public let groups: [String: Set<GroupID>]

    public init(claim: String, groups: [String: Set<GroupID>]) {
        self.claim = claim
        self.groups = groups
    }

    /// The groups of ours that the provider decides about.
    public var governed: Set<GroupID> { groups.values.reduce(into: []) { $0.formUnion($1) } }

    /// Each governed group, and whether the token makes its person a member. A token without the claim, or with something
    /// else in its place, makes nobody a member of anything.
    public func memberships(_ token: IDToken) -> [GroupID: Bool] {
        let claims = JSON.object(token.claims)
        let value = claim.hasPrefix("/") ? JSONPointer(claim).flatMap { claims.value(at: $0) } : claims[claim]
        let named = value?.stringValue.map { [$0] } ?? (value?.arrayValue ?? []).compactMap(\.stringValue)
        let held = named.reduce(into: Set<GroupID>()) { $0.formUnion(groups[$1] ?? []) }
        return Dictionary(uniqueKeysWithValues: governed.map { ($0, held.contains($0)) })
    }
}

/// How people of this home sign in. Secrets are in it, so it is stored sealed.
public struct SignInSettings: Sendable {
    /// In the order of their names.
    public var providers: [SignInProvider] = []
    /// Whether one-time links are made and taken.
    public var allowsLinks = true

    public init() {}

    public func provider(_ name: String) -> SignInProvider? { providers.first { $0.name == name } }
}

/// The sealed settings, for reading.
public protocol SignInStore: Sendable {
    /// Nil when nothing was set up.
    func signInSettings() async throws -> [UInt8]?
}
