public import Authority
public import Wire

/// A tool of a remote server as it was seen last, and as a person released it.
public struct PinnedTool: Sendable, Hashable {
    /// What a person said of it.
    public struct Release: Sendable, Hashable {
        /// The digest of the definition that was released. Another one isn't released.
        public let digest: Digest
        public let definition: JSON
        public let effect: Effect
        public let roles: [String: Role]
        public let by: String

        public init(digest: Digest, definition: JSON, effect: Effect, roles: [String: Role], by: String) {
            self.digest = digest
            self.definition = definition
            self.effect = effect
            self.roles = roles
            self.by = by
        }
    }

    public let server: String
    public let name: String
    /// As the server gives it now.
    public let definition: JSON
    public let release: Release?
    /// The server doesn't list it any more.
    public let isWithdrawn: Bool
    /// Why it can't be released; nil when it can.
    public let obstacle: String?
    /// What the server said that a connection has to be allowed for this tool. It grows by refused calls.
    public let scopes: Set<String>

    public init(
        server: String, name: String, definition: JSON, release: Release?, isWithdrawn: Bool, obstacle: String?,
        scopes: Set<String> = []
    ) {
        self.server = server
        self.name = name
        self.definition = definition
        self.release = release
        self.isWithdrawn = isWithdrawn
        self.obstacle = obstacle
        self.scopes = scopes
    }

    func needing(_ more: Set<String>) -> PinnedTool {
        PinnedTool(
            server: server, name: name, definition: definition, release: release, isWithdrawn: isWithdrawn,
            obstacle: obstacle, scopes: scopes.union(more))
    }

    /// Over the server's name and all that it says of the tool: whatever of it changes makes another tool.
    public var digest: Digest { PinnedTool.digest(of: definition, at: server) }

    static func digest(of definition: JSON, at server: String) -> Digest {
        let value: JSON = ["server": .string(server), "definition": definition]
        return value.digest
    }

    public var state: State {
        if isWithdrawn { return .withdrawn }
        return release?.stands(for: definition, at: server) == true ? .released : .quarantined
    }

    /// A part of a definition before and after it changed.
    public struct Difference: Sendable, Hashable {
        /// A word of the server's.
        public let part: String
        public let before: JSON?
        public let after: JSON?
    }

    /// What differs from the definition that was released; empty for a tool that never was.
    public var differences: [Difference] {
        guard let release, state == .quarantined else { return [] }
        let keys = Set([release.definition, definition].flatMap { $0.objectValue?.keys ?? [] })
        let first = ["title", "description", "inputSchema", "outputSchema", "annotations"]
        return (first.filter(keys.contains) + keys.subtracting(first).sorted()).compactMap { key in
            let (before, after) = (release.definition[key], definition[key])
            guard before?.digest != after?.digest else { return nil }
            return Difference(part: key, before: before, after: after)
        }
    }

    public enum State: String, Sendable, CaseIterable {
        case released, quarantined, withdrawn
    }

    public var json: JSON {
        var object: JSONObject = [
            "server": .string(server), "name": .string(name), "definition": definition,
            "isWithdrawn": .bool(isWithdrawn),
        ]
        object["obstacle"] = obstacle.map { .string($0) }
        if !scopes.isEmpty { object["scopes"] = .array(scopes.sorted().map { .string($0) }) }
        if let release {
            object["release"] = [
                "digest": .string(release.digest.hex), "definition": release.definition,
                "effect": .string(release.effect.rawValue), "by": .string(release.by),
                "roles": .object(
                    JSONObject(release.roles.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value.rawValue)) })),
            ]
        }
        return .object(object)
    }

    public init?(json: JSON) {
        guard let server = json["server"]?.stringValue, let name = json["name"]?.stringValue,
            let definition = json["definition"], let isWithdrawn = json["isWithdrawn"]?.boolValue
        else { return nil }
        self.init(
            server: server, name: name, definition: definition, release: json["release"].flatMap(Release.init),
            isWithdrawn: isWithdrawn, obstacle: json["obstacle"]?.stringValue,
            scopes: Set((json["scopes"]?.arrayValue ?? []).compactMap(\.stringValue)))
    }
}

extension PinnedTool.Release {
    /// Whether the tool is still what the person saw. Earlier versions took the digest over some parts alone; the rest of what
    /// the server said then was kept with it, and is compared as well.
    func stands(for definition: JSON, at server: String) -> Bool {
        let now = PinnedTool.digest(of: definition, at: server)
        if digest == now { return true }
        return digest == PinnedTool.Release.partialDigest(of: self.definition, at: server)
            && now == PinnedTool.digest(of: self.definition, at: server)
    }

    /// The digest as versions up to 0.9 took it.
    static func partialDigest(of definition: JSON, at server: String) -> Digest {
        let keys = ["name", "title", "description", "inputSchema", "outputSchema", "annotations"]
        let value: JSON = [
            "server": .string(server),
            "definition": .object(JSONObject(keys.compactMap { key in definition[key].map { (key, $0) } })),
        ]
        return value.digest
    }

    fileprivate init?(_ json: JSON) {
        guard let digest = json["digest"]?.stringValue.flatMap({ Digest(hex: $0) }),
            let definition = json["definition"],
            let effect = json["effect"]?.stringValue.flatMap(Effect.init(rawValue:)), let by = json["by"]?.stringValue
        else { return nil }
        var roles: [String: Role] = [:]
        for (name, value) in json["roles"]?.objectValue?.members ?? [] {
            guard let role = value.stringValue.flatMap(Role.init(rawValue:)) else { return nil }
            roles[name] = role
        }
        self.init(digest: digest, definition: definition, effect: effect, roles: roles, by: by)
    }
}
