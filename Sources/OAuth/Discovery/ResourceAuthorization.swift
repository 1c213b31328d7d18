public import Wire

/// How tokens for one protected resource are had: of which server, for which name, with which scopes. Found out while
/// somebody who may decide it looks, and kept; what the resource says later is compared with it and not followed.
public struct ResourceAuthorization: Sendable, Hashable {
    /// The resource's own name, which is sent with every request for its tokens (RFC 8707).
    public let resource: String
    public let server: ServerMetadata
    /// Asked for at first.
    public let scopes: Set<String>
    /// The most that the resource may ever ask for.
    public let most: Set<String>

    public init(resource: String, server: ServerMetadata, scopes: Set<String>, most: Set<String>) {
        self.resource = resource
        self.server = server
        self.scopes = scopes
        self.most = most.union(scopes)
    }

    /// The same with further scopes that may be asked for.
    public func allowing(_ more: Set<String>) -> ResourceAuthorization {
        ResourceAuthorization(resource: resource, server: server, scopes: scopes, most: most.union(more))
    }

    public var json: JSON {
        func list(_ words: Set<String>) -> JSON { .array(words.sorted().map { .string($0) }) }
        return [
            "resource": .string(resource), "server": server.json, "scopes": list(scopes), "most": list(most),
        ]
    }

    public init?(json: JSON) {
        func words(_ name: String) -> Set<String>? { json[name]?.arrayValue.map { Set($0.compactMap(\.stringValue)) } }
        guard let resource = json["resource"]?.stringValue, let server = json["server"],
            let text = server["issuer"]?.stringValue, let issuer = try? Issuer(text),
            let metadata = try? ServerMetadata(server, of: issuer), let scopes = words("scopes"),
            let most = words("most")
        else { return nil }
        self.init(resource: resource, server: metadata, scopes: scopes, most: most)
    }

    /// What differs from another, in words for whoever has to decide; empty where nothing does that matters. The names of
    /// scopes that it may ask for don't: what is asked for was decided here.
    public func differences(from other: ResourceAuthorization) -> [String] {
        let (mine, before) = (server.json, other.server.json)
        var lines: [String] = []
        if resource != other.resource { lines += ["- resource: \(other.resource)", "+ resource: \(resource)"] }
        let keys = Set((mine.objectValue?.keys ?? []) + (before.objectValue?.keys ?? [])).subtracting([
            "scopes_supported"
        ])
        for key in keys.sorted() where mine[key] != before[key] {
            if let value = before[key] { lines.append("- \(key): \(value.text)") }
            if let value = mine[key] { lines.append("+ \(key): \(value.text)") }
        }
        return lines
    }

    /// The server as grants are asked of it.
    public var authorizationServer: AuthorizationServer {
        AuthorizationServer(
            issuer: server.issuer.text, namesItself: server.namesItself, authorization: server.authorization,
            token: server.token, revocation: server.revocation, introspection: server.introspection, device: nil,
            authentication: server.authentications.contains(.basic)
                ? .basic : server.authentications.contains(.post) ? .post : .none,
            dialect: TokenDialect(), parameters: [:], scopes: scopes.sorted(), refresh: RefreshRules(),
            resource: resource, userinfo: server.userinfo)
    }
}
