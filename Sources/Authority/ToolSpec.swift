/// What the decision needs to know of a tool. Its schema and request plan live elsewhere.
public struct ToolSpec: Hashable, Sendable {
    public let name: String
    public let provider: ProviderID
    public let effect: Effect
    /// The scopes without which the provider refuses the call. Empty where the credential has no scopes.
    public let scopes: Set<String>
    /// What the provider may want besides, for some calls: it is asked of people only once the provider has said so.
    public let mayNeed: Set<String>
    /// The provider's own host. A connection made for another host can't be used.
    public let host: String
    public let needsConnection: Bool
    public let isIdentityProvider: Bool
    /// The provider's tokens see every person of the company, so each call must name its subject.
    public let isCompanyWide: Bool
    /// Whether an argument names the person whose record is meant.
    public let namesSubject: Bool
    /// Whether the agent itself is changed: from then on everybody who uses it meets what was written.
    public let changesAgent: Bool

    public init(
        name: String, provider: ProviderID, effect: Effect, scopes: Set<String> = [], mayNeed: Set<String> = [],
        host: String,
        needsConnection: Bool = true, isIdentityProvider: Bool = false, isCompanyWide: Bool = false,
        namesSubject: Bool = false, changesAgent: Bool = false
    ) {
        self.name = name
        self.provider = provider
        self.effect = effect
        self.scopes = scopes
        self.mayNeed = mayNeed
        self.host = host
        self.needsConnection = needsConnection
        self.isIdentityProvider = isIdentityProvider
        self.isCompanyWide = isCompanyWide
        self.namesSubject = namesSubject
        self.changesAgent = changesAgent
    }
}

/// An interned tool: its place in the catalogue that the mandate was compiled against.
public struct ToolIndex: Hashable, Sendable {
    let value: Int
}

/// Every tool that this home knows, interned. Immutable; a changed set of manifests is a new catalogue.
public struct ToolCatalogue: Sendable {
    public let tools: [ToolSpec]
    /// Named groups of tools, such as `group:calendar`.
    public let groups: [String: [String]]
    /// Counts up with each change of a home's tools. A mandate belongs to one version.
    public let version: Int
    /// Remote servers. They are providers even while none of their tools is released, and their tools' names may be written
    /// before they are there.
    public let remote: Set<ProviderID>
    private let indices: [String: Int]

    public init(tools: [ToolSpec], groups: [String: [String]] = [:], version: Int = 0, remote: Set<ProviderID> = []) {
        self.tools = tools
        self.groups = groups
        self.version = version
        self.remote = remote
        indices = Dictionary(tools.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    public func index(of name: String) -> ToolIndex? {
        indices[name].map(ToolIndex.init(value:))
    }

    /// The tools that a name, glob or group means now; nil when it means none.
    public func names(matching pattern: String) -> [String]? {
        Pattern(text: pattern).resolve(in: self).map { $0.map { tools[$0].name } }
    }

    public subscript(index: ToolIndex) -> ToolSpec { tools[index.value] }

    public var providers: Set<ProviderID> { remote.union(tools.map(\.provider)) }

    /// Whether a name or glob speaks of a remote server's tools.
    func isRemote(_ pattern: String) -> Bool {
        let server = pattern.prefix { $0 != "." }
        return server.count < pattern.count && remote.contains(ProviderID(String(server)))
    }
}
