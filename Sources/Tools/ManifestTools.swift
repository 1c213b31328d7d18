import Authority
public import Definition
public import Gate

/// Every tool that manifests describe, ready to be called.
public enum ManifestTools {
    /// Tools in the order of their names; each provider is a group, `group:notion`.
    ///
    /// - Parameter own: what the gateway serves itself, with its groups.
    public static func shelf(
        of providers: ProviderShelf, and own: [CallableTool] = [], groups ownGroups: [String: [String]] = [:]
    ) -> ToolShelf {
        var groups = ownGroups
        var tools = own
        for manifest in providers.all {
            groups["group:\(manifest.provider)"] = manifest.tools.map(\.name)
            tools += manifest.tools.map { callable($0, of: manifest) }
        }
        return ToolShelf(tools, groups: groups)
    }

    private static func callable(_ tool: ToolManifest, of manifest: ProviderManifest) -> CallableTool {
        CallableTool(
            spec: ToolSpec(
                name: tool.name, provider: manifest.provider, effect: tool.effect, scopes: Set(tool.scopes),
                mayNeed: Set(tool.mayNeed), host: manifest.origin, isIdentityProvider: manifest.isIdentityProvider,
                isCompanyWide: manifest.isCompanyWide,
                namesSubject: tool.arguments.contains { $0.role == .subject }),
            title: tool.title, text: tool.text, schema: tool.schema,
            roles: Dictionary(uniqueKeysWithValues: tool.arguments.map { ($0.name, $0.role) }),
            planner: ManifestPlanner(tool: tool, manifest: manifest),
            executor: ManifestExecutor(tool: tool, manifest: manifest))
    }
}
