import Authority
import HTTPTypes
import Hummingbird
import Registry
import Wire

/// Protected resource metadata (RFC 9728), and the challenges that lead there.
enum ResourceMetadata {
    static let prefix = "/.well-known/oauth-protected-resource"

    /// The metadata's own URL, for a resource at `path` (RFC 9728 section 3.1).
    static func url(of resource: MCPResource?, under publicURL: String) -> String {
        publicURL + prefix + (resource?.path ?? "")
    }

    /// The document. We are our own authorization server, whose issuer is the public URL.
    static func document(of resource: MCPResource?, under publicURL: String) -> JSON {
        [
            "resource": .string(publicURL + (resource?.path ?? "")),
            "authorization_servers": [.string(publicURL)],
            "scopes_supported": .array(EffectSet.asked.words.map { .string($0) }),
            "bearer_methods_supported": ["header"],
            "resource_name": .string(resource.map { "Deputy: \($0.agent)" } ?? "Deputy"),
        ]
    }

    /// A challenge without an error for who sent no credentials, else with one (RFC 6750 section 3).
    ///
    /// - Parameter scope: what is to be asked for.
    static func challenge(
        _ resource: MCPResource?, under publicURL: String, error: String?, scope: EffectSet?
    ) -> String {
        let metadata = "resource_metadata=\"\(url(of: resource, under: publicURL))\""
        let parts = [error.map { "error=\"\($0)\"" }, scope.map { "scope=\"\($0.scope)\"" }, metadata]
        return "Bearer " + parts.compactMap(\.self).joined(separator: ", ")
    }
}

extension MCPServer {
    /// Says the same of every name, so that it tells nobody which agents there are.
    func metadata(of resource: MCPResource?, for request: Request) -> Response {
        let document = ResourceMetadata.document(of: resource, under: publicURL)
        return settings.origins.reading(request, .json(document))
    }

    func challenge(_ resource: MCPResource?, error: String? = nil, scope: EffectSet? = nil) -> String {
        ResourceMetadata.challenge(resource, under: publicURL, error: error, scope: scope)
    }

    /// Who isn't anybody's client yet, or no longer is one, is told where to ask and for what.
    func invitation(_ resource: MCPResource?, error: String? = nil) -> String {
        challenge(resource, error: error, scope: .asked)
    }
}

extension EffectSet {
    /// What a client that knows nothing yet is told to ask for: the same of every name, so that nobody learns from it what an
    /// agent does. The page leaves of it what the agent does. Deleting and administering are asked for when a call needs them.
    static let asked = EffectSet.all.subtracting(EffectSet(.delete)).subtracting(EffectSet(.administer))
}
