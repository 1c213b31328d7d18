import Authority
import Wire

extension SourceReader {
    func route(_ node: JSON5Node) -> HomeDefinition.Route? {
        guard let object = object(node, .binding, what: "a binding"),
            let agent = object.requiredText("agentId"), let matched = object.required("match"),
            let match = self.object(matched, .match, what: "`match`"),
            let channel = match.requiredText("channel")?.lowercased()
        else { return nil }
        if !KnownNames.channels.contains(channel), let node = match["channel"] {
            problem(
                "no channel is called `\(channel)`", at: node.position,
                hint: nearest(channel, among: KnownNames.channels).map { "did you mean `\($0)`?" }
                    ?? "channels: \(KnownNames.channels.joined(separator: ", "))")
        }
        let roles = match.texts("roles")
        if !roles.isEmpty, match["guildId"] == nil, let node = match["roles"] {
            problem("`roles` are those of a guild, and none is named", at: node.position, hint: "name it as `guildId`")
        }
        // How other systems write any account.
        let account = match.text("accountId").flatMap { $0 == "*" ? nil : $0 }
        return HomeDefinition.Route(
            binding: Binding(
                agent: AgentID(agent),
                match: Binding.Match(
                    channel: channel, account: account, peer: match["peer"].flatMap(peer), guild: match.text("guildId"),
                    team: match.text("teamId"), roles: Set(roles))), place: place(node.position))
    }

    private func peer(_ node: JSON5Node) -> Peer? {
        guard let object = object(node, .peer, what: "`peer`"),
            let kind = object.required("kind").flatMap({ word($0, of: Peer.Kind.self, what: "`kind`") }),
            let id = object.requiredText("id")
        else { return nil }
        if id == "*", let node = object["id"] {
            problem("`*` is nobody's id", at: node.position, hint: "for any of them leave `peer` out")
        }
        return Peer(kind: kind, id: id)
    }
}

extension HomeDefinition {
    /// Bindings of which neither goes before the other.
    var contested: [SourceProblem] {
        var first: [Binding.Match.Claim: Route] = [:]
        return (bindings ?? []).compactMap { route in
            guard let other = first[route.binding.match.claim] else {
                first[route.binding.match.claim] = route
                return nil
            }
            if route.binding.match == other.binding.match {
                return SourceProblem(
                    route.place, "the same match stands at \(other.place) already",
                    hint: "a message would match both: make one of them narrower")
            }
            guard route.binding.agent != other.binding.agent else { return nil }
            return SourceProblem(
                route.place,
                "a message could match this binding and the one at \(other.place), for `\(other.binding.agent)`, alike",
                hint: route.binding.match.roles.isEmpty
                    ? "groups and channels are one here: take one of them away"
                    : "somebody can have roles of both: name an `accountId` in the one that goes first")
        }
    }

    /// Agents that are the default beside another one.
    var defaults: [SourceProblem] {
        let given = agents.filter(\.isDefault)
        return given.dropFirst().map { agent in
            SourceProblem(
                agent.places["default"] ?? agent.place,
                "`\(agent.id)` can't be the default agent: `\(given[0].id)` is, at \(given[0].place)",
                hint: "one agent gets what no binding matches")
        }
    }
}

extension HomeDefinition.Agent {
    /// Whether it gets what no binding matches.
    public var isDefault: Bool { about["default"]?.boolValue == true }
}
