public import Authority
public import Gate
public import Wire

/// A remote MCP server whose tools agents may use.
public struct RemoteServer: Sendable, Hashable {
    public let organization: OrganizationID
    /// What its tools' names begin with, and the provider that slots name.
    public let name: String
    public let origin: String
    public let path: String
    public let isModern: Bool
    /// Whether it wants a credential of the slot's owner.
    public let needsConnection: Bool

    public init(
        organization: OrganizationID, name: String, origin: String, path: String, isModern: Bool, needsConnection: Bool
    ) {
        self.organization = organization
        self.name = name
        self.origin = origin
        self.path = path
        self.isModern = isModern
        self.needsConnection = needsConnection
    }

    public var json: JSON {
        [
            "organization": .string(organization.raw), "name": .string(name), "origin": .string(origin),
            "path": .string(path), "isModern": .bool(isModern), "needsConnection": .bool(needsConnection),
        ]
    }

    public init?(json: JSON) {
        guard let organization = json["organization"]?.stringValue, let name = json["name"]?.stringValue,
            let origin = json["origin"]?.stringValue, let path = json["path"]?.stringValue,
            let isModern = json["isModern"]?.boolValue, let needsConnection = json["needsConnection"]?.boolValue
        else { return nil }
        self.init(
            organization: OrganizationID(organization), name: name, origin: origin, path: path, isModern: isModern,
            needsConnection: needsConnection)
    }
}

/// Servers and their tools, for reading.
public protocol ServerStore: Sendable {
    /// In the order of their names.
    func servers(in organization: OrganizationID) async throws -> [RemoteServer]
    /// In the order of their names.
    func pinnedTools(of server: String, in organization: OrganizationID) async throws -> [PinnedTool]
}

public enum ServerChange: StoredChange {
    /// Written over an earlier one of the same name.
    case set(RemoteServer)
    /// With its tools.
    case remove(OrganizationID, String)
    case pin(OrganizationID, PinnedTool)
}
