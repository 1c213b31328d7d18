public import Wire

/// The address of a protected resource, and where it describes itself.
public struct ResourceAddress: Sendable, Hashable {
    public let url: String
    /// Scheme, host and port.
    public let origin: String
    public let path: String

    /// - Parameter text: an absolute address without query and fragment.
    public init?(_ text: String) {
        guard let address = WebAddress(text), !text.contains("?") else { return nil }
        origin = address.origin
        path = address.target
        url = address.origin + address.target
    }

    private static let wellKnown = "/.well-known/oauth-protected-resource"

    /// RFC 9728 section 3.1, in the order of MCP: with the resource's path behind it, then at the root.
    public var places: [Endpoint] {
        let paths =
            path == "/" ? [ResourceAddress.wellKnown] : [ResourceAddress.wellKnown + path, ResourceAddress.wellKnown]
        return paths.compactMap { Endpoint(origin + $0, secure: false) }
    }

    /// Whether a document of this place may speak of a resource of this name (RFC 9728 section 3.3). At the root it speaks of
    /// the whole origin; everywhere else of this address alone, since others may share the origin.
    func isNamed(_ name: String, at place: Endpoint) -> Bool {
        if ResourceAddress(name)?.url == url { return true }
        return place.url == origin + ResourceAddress.wellKnown && (name == origin || name == origin + "/")
    }
}

/// What a protected resource publishes about itself (RFC 9728 section 2).
public struct ResourceMetadata: Sendable, Hashable {
    /// As the resource writes it, which is what tokens are asked for.
    public let resource: String
    /// The names of the servers that give out its tokens.
    public let servers: [Issuer]
    public let scopes: Set<String>

    /// - Parameter place: where it was found.
    /// - Throws: when it is another resource's, or names no server.
    public init(_ json: JSON, of address: ResourceAddress, at place: Endpoint) throws(MetadataFault) {
        guard let named = json["resource"]?.stringValue else { throw .resource("it names no `resource`") }
        guard address.isNamed(named, at: place) else { throw .resource("it is the one of another resource") }
        resource = named
        let names = json["authorization_servers"]?.arrayValue ?? []
        guard (1...20).contains(names.count) else { throw .resource("it names no server that gives out tokens") }
        var servers: [Issuer] = []
        for name in names {
            guard let text = name.stringValue else { throw .resource("one of its servers has no name") }
            let issuer = try Issuer(text)
            if !servers.contains(issuer) { servers.append(issuer) }
        }
        self.servers = servers
        scopes = try Scopes.listed(json["scopes_supported"])
    }
}

extension Scopes {
    static func listed(_ json: JSON?) throws(MetadataFault) -> Set<String> {
        let words = (json?.arrayValue ?? []).compactMap(\.stringValue)
        guard words.count <= 500, words.allSatisfy(isOne) else { throw .resource("its scopes can't be read") }
        return Set(words)
    }
}
