public import Authority
import Wire

/// One agent's endpoint, at `/mcp` or `/v1`: a protected resource of its own (RFC 8707, RFC 9728).
public struct AgentResource: Sendable, Hashable {
    public let organization: OrganizationID
    /// Whether it is reached without naming the organization.
    public let isDefault: Bool
    public let agent: AgentID
    public let surface: TokenSurface

    public init(organization: OrganizationID, isDefault: Bool, agent: AgentID, surface: TokenSurface = .mcp) {
        self.organization = organization
        self.isDefault = isDefault
        self.agent = agent
        self.surface = surface
    }

    /// Reads the canonical URL, and no other spelling of it.
    ///
    /// - Parameters:
    ///   - publicURL: how the world names us, without a slash at its end. Never what a request says.
    ///   - home: the organization of `/mcp/<agent>` and `/v1/agents/<agent>`.
    public init?(_ url: String, under publicURL: String, home: OrganizationID) {
        guard url.hasPrefix(publicURL + "/") else { return nil }
        let parts = url.dropFirst(publicURL.count + 1).split(separator: "/", omittingEmptySubsequences: false).map {
            PercentEncoding.decode(String($0)) ?? ""
        }
        switch (parts.count, parts.first) {
        case (2, "mcp"): self.init(organization: home, isDefault: true, agent: AgentID(parts[1]))
        case (3, "v1") where parts[1] == "agents":
            self.init(organization: home, isDefault: true, agent: AgentID(parts[2]), surface: .api)
        case (4, "org") where parts[2] == "mcp":
            self.init(organization: OrganizationID(parts[1]), isDefault: false, agent: AgentID(parts[3]))
        case (5, "org") where parts[2] == "v1" && parts[3] == "agents":
            self.init(
                organization: OrganizationID(parts[1]), isDefault: false, agent: AgentID(parts[4]), surface: .api)
        default: return nil
        }
        guard !agent.raw.isEmpty, !organization.raw.isEmpty, self.url(under: publicURL) == url else { return nil }
    }

    /// The path below the public URL, in its one canonical spelling.
    public var path: String {
        let agentPath: String =
            switch surface {
            case .mcp: "/mcp/\(PercentEncoding.encode(agent.raw))"
            case .api: "/v1/agents/\(PercentEncoding.encode(agent.raw))"
            }
        return isDefault ? agentPath : "/org/\(PercentEncoding.encode(organization.raw))\(agentPath)"
    }

    public func url(under publicURL: String) -> String { publicURL + path }
}
