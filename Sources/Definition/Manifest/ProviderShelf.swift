public import Authority
import OAuth
import Wire

/// Every provider of this home, at the origin that the home reaches it at.
public struct ProviderShelf: Sendable {
    public let all: [ProviderManifest]

    /// - Parameter origins: overrides, by provider.
    /// - Throws: `DefinitionProblems` for an override of an unknown provider, an origin that isn't one, or two manifests
    ///   of one provider or tool.
    public init(_ manifests: [ProviderManifest], origins: [ProviderID: String] = [:]) throws(DefinitionProblems) {
        var problems: [DefinitionProblem] = []
        var names: Set<String> = []
        for name in manifests.map(\.provider.raw) + manifests.flatMap({ $0.tools.map(\.name) })
        where !names.insert(name).inserted {
            problems.append(DefinitionProblem(place: "providers", message: "`\(name)` is there twice", hint: nil))
        }
        for (provider, origin) in origins.sorted(by: { $0.key < $1.key }) {
            if !manifests.contains(where: { $0.provider == provider }) {
                problems.append(
                    DefinitionProblem(
                        place: "origins", message: "no provider is called `\(provider)`",
                        hint: suggestion(for: provider.raw, among: manifests.map(\.provider.raw))))
            }
            if manifests.contains(where: { $0.provider == provider && $0.mail != nil }) {
                problems.append(
                    DefinitionProblem(
                        place: "origins", message: "`\(provider)` is reached where its manifest says",
                        hint: "write its servers there"))
            }
            if !(origin.hasPrefix("https://") || origin.hasPrefix("http://")) || origin.hasSuffix("/") {
                problems.append(
                    DefinitionProblem(
                        place: "origins", message: "`\(origin)` isn't an origin",
                        hint: "write scheme, host and port, such as `https://api.example.com`"))
            }
        }
        guard problems.isEmpty else { throw DefinitionProblems(problems) }
        all = manifests.map { manifest in origins[manifest.provider].map(manifest.at) ?? manifest }.sorted {
            $0.provider < $1.provider
        }
    }

    public func manifest(of provider: ProviderID) -> ProviderManifest? { all.first { $0.provider == provider } }
}

extension ProviderManifest {
    /// A home that reaches the provider at another origin gets its tokens there too.
    fileprivate func at(_ origin: String) -> ProviderManifest {
        ProviderManifest(
            provider: provider, title: title, origin: origin, credential: credential,
            oauth: oauth?.at(origin), headers: headers, isCompanyWide: isCompanyWide,
            isIdentityProvider: isIdentityProvider, account: account, refusal: refusal,
            tools: tools, mail: mail, atOnce: atOnce)
    }
}
