import Definition
import Gate
import OAuth
import Wire

/// The account that a credential belongs to, as its provider says.
public struct UpstreamAccount: Sendable, Hashable {
    /// Nobody else's, now or later.
    public let id: String
    /// What a connection of before may know this account by, which is nobody else's either; nil for nothing.
    public let former: String?
    public let email: String?
    /// Whether the provider vouches for the address. One that it doesn't vouch for is shown, and says nothing of whose account
    /// it is.
    public let isVouched: Bool
    public let name: String?
    /// Nil where the provider doesn't say.
    public let scopes: Set<String>?
    /// The token opens nothing that names the account but its address, which may be somebody else's one day.
    public let isByAddress: Bool

    public init(
        id: String, former: String? = nil, email: String?, isVouched: Bool = true, name: String?, scopes: Set<String>?,
        isByAddress: Bool = false
    ) {
        self.id = id
        self.former = former
        self.email = email
        self.isVouched = isVouched
        self.name = name
        self.scopes = scopes
        self.isByAddress = isByAddress
    }

    /// For a person who has to know it again.
    public var shown: String { email ?? name ?? id }

    /// Whether a connection that knows its account so has this one.
    func isKnown(as account: String) -> Bool { account == id || account == former }
}

/// What a provider's answers say of an account, one after the other.
struct AccountAnswers {
    private let probe: AccountProbe
    /// Of a mailbox, whose name is its address.
    var address: String?
    /// Where the provider names no account.
    var key: String?
    private var subject: String?
    private(set) var own: String?
    private var tenant: String?
    private var former: String?
    private var email: String?
    private var name: String?
    private var scopes: Set<String>?
    private let hasUserinfo: Bool

    init(_ probe: AccountProbe, hasUserinfo: Bool) {
        self.probe = probe
        self.hasUserinfo = hasUserinfo
    }

    /// What a userinfo endpoint answers.
    mutating func take(claims: JSON) {
        guard let subject = claims["sub"]?.stringValue, (1...255).contains(subject.utf8.count) else { return }
        self.subject = subject
        name = claims["name"]?.stringValue
        if claims["email_verified"]?.boolValue == true { email = claims["email"]?.stringValue }
    }

    mutating func take(_ body: JSON, _ answer: UpstreamAnswer) {
        func text(_ pointer: JSONPointer) -> String? {
            body.value(at: pointer).flatMap { $0.stringValue ?? $0.integerValue.map(String.init) }
        }
        own = own ?? probe.id.lazy.compactMap(text).first
        tenant = tenant ?? probe.within.lazy.compactMap(text).first
        former = former ?? probe.formerly.flatMap(text)
        email = email ?? (probe.email ?? probe.address).flatMap(text)
        name = name ?? probe.name.flatMap(text)
        if let header = probe.scopesHeader, let listed = answer.header(header) {
            scopes = Set(listed.split(separator: ",").map { String($0.drop { $0 == " " }) })
        }
    }

    /// Nil where they don't say whose it is.
    var account: UpstreamAccount? {
        guard let id else { return nil }
        return UpstreamAccount(
            id: id, former: former == id ? nil : former, email: email, isVouched: probe.address == nil, name: name,
            scopes: scopes, isByAddress: hasUserinfo && subject == nil)
    }

    private var id: String? {
        if let subject { return subject }
        if let address { return address }
        guard let own else { return key }
        guard !probe.within.isEmpty else { return own }
        return tenant.map { "\($0)/\(own)" }
    }
}

extension ProviderManifest {
    /// Whether its accounts have a name by now that says more than this one, of a connection of before.
    func isFormer(_ account: String) -> Bool {
        if !self.account.within.isEmpty { return !account.contains("/") }
        return hasUserinfo && account.contains("@")
    }

    /// Whether its accounts are asked for at the userinfo endpoint. A remote server's have a way of their own, and so do
    /// mailboxes.
    var hasUserinfo: Bool { mail == nil && oauth?.resource == nil && oauth?.userinfo != nil }
}
