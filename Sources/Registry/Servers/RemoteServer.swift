public import Authority
public import Gate
public import OAuth
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
    /// How its owners connect by signing in; nil where a credential is made by hand.
    public let authorization: PinnedAuthorization?

    public init(
        organization: OrganizationID, name: String, origin: String, path: String, isModern: Bool,
        needsConnection: Bool, authorization: PinnedAuthorization? = nil
    ) {
        self.organization = organization
        self.name = name
        self.origin = origin
        self.path = path
        self.isModern = isModern
        self.needsConnection = needsConnection
        self.authorization = authorization
    }

    /// Its address.
    public var url: String { origin + path }

    /// Whether its owners keep a credential for it that somebody made.
    public var isConnectedByHand: Bool { needsConnection && authorization == nil }

    /// What a credential for it is bound to: with tokens the whole address, since others may share its host.
    public var place: String { authorization == nil ? origin : url }

    /// Whether it is where it was, and gives out its tokens as it did.
    func isSame(as other: RemoteServer) -> Bool {
        origin == other.origin && path == other.path && authorization == other.authorization
    }

    func speaking(modern: Bool) -> RemoteServer {
        RemoteServer(
            organization: organization, name: name, origin: origin, path: path, isModern: modern,
            needsConnection: needsConnection, authorization: authorization)
    }

    func authorized(by authorization: PinnedAuthorization) -> RemoteServer {
        RemoteServer(
            organization: organization, name: name, origin: origin, path: path, isModern: isModern,
            needsConnection: true, authorization: authorization)
    }

    public var json: JSON {
        var object: JSONObject = [
            "organization": .string(organization.raw), "name": .string(name), "origin": .string(origin),
            "path": .string(path), "isModern": .bool(isModern), "needsConnection": .bool(needsConnection),
        ]
        if let authorization { object["authorization"] = authorization.json }
        return .object(object)
    }

    public init?(json: JSON) {
        guard let organization = json["organization"]?.stringValue, let name = json["name"]?.stringValue,
            let origin = json["origin"]?.stringValue, let path = json["path"]?.stringValue,
            let isModern = json["isModern"]?.boolValue, let needsConnection = json["needsConnection"]?.boolValue
        else { return nil }
        let authorization = json["authorization"].map { PinnedAuthorization(json: $0) }
        if let authorization, authorization == nil { return nil }
        self.init(
            organization: OrganizationID(organization), name: name, origin: origin, path: path, isModern: isModern,
            needsConnection: needsConnection, authorization: authorization ?? nil)
    }
}

/// How a server's tokens are had, as somebody who may decide it said.
public struct PinnedAuthorization: Sendable, Hashable {
    /// What is followed.
    public let pinned: ResourceAuthorization
    /// What the server named later and nobody has said yes to. It isn't followed, and nobody connects meanwhile.
    public let quarantined: ResourceAuthorization?

    public init(pinned: ResourceAuthorization, quarantined: ResourceAuthorization? = nil) {
        self.pinned = pinned
        self.quarantined = quarantined
    }

    var json: JSON {
        var object: JSONObject = ["pinned": pinned.json]
        if let quarantined { object["quarantined"] = quarantined.json }
        return .object(object)
    }

    init?(json: JSON) {
        guard let pinned = json["pinned"].flatMap(ResourceAuthorization.init) else { return nil }
        let quarantined = json["quarantined"].map { ResourceAuthorization(json: $0) }
        if let quarantined, quarantined == nil { return nil }
        self.init(pinned: pinned, quarantined: quarantined ?? nil)
    }
}

/// Servers and their tools, for reading.
public protocol ServerStore: Sendable {
    /// In the order of their names.
    func servers(in organization: OrganizationID) async throws -> [RemoteServer]
    /// In the order of their names.
    func pinnedTools(of server: String, in organization: OrganizationID) async throws -> [PinnedTool]
    /// How it went when each server was last asked, in the order of their names. One that never was isn't among them.
    func serverLooks(in organization: OrganizationID) async throws -> [ServerLook]
}

public enum ServerChange: StoredChange {
    /// Written over an earlier one of the same name.
    case set(RemoteServer)
    /// With its tools.
    case remove(OrganizationID, String)
    case pin(OrganizationID, PinnedTool)
    /// Written over the one before.
    case look(ServerLook)
}
