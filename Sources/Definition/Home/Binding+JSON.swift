public import Authority
public import Wire

extension Binding {
    /// As it is stored and exported.
    public var json: JSON { ["agentId": .string(agent.raw), "match": match.json] }

    /// Nil when it isn't what `json` gives.
    public init?(json: JSON) {
        guard let agent = json["agentId"]?.stringValue, let match = json["match"],
            let channel = match["channel"]?.stringValue
        else { return nil }
        var peer: Peer?
        if let given = match["peer"] {
            guard let kind = given["kind"]?.stringValue.flatMap({ Peer.Kind(rawValue: $0) }),
                let id = given["id"]?.stringValue
            else { return nil }
            peer = Peer(kind: kind, id: id)
        }
        self.init(
            agent: AgentID(agent),
            match: Match(
                channel: channel, account: match["accountId"]?.stringValue, peer: peer,
                guild: match["guildId"]?.stringValue, team: match["teamId"]?.stringValue,
                roles: Set((match["roles"]?.arrayValue ?? []).compactMap(\.stringValue))))
    }
}

extension Binding.Match {
    public var json: JSON {
        var object: JSONObject = ["channel": .string(channel)]
        object["accountId"] = account.map { .string($0) }
        object["peer"] = peer?.json
        object["guildId"] = guild.map { .string($0) }
        object["teamId"] = team.map { .string($0) }
        if !roles.isEmpty { object["roles"] = .array(roles.sorted().map { .string($0) }) }
        return .object(object)
    }
}

extension Peer {
    public var json: JSON { ["kind": .string(kind.rawValue), "id": .string(id)] }
}
