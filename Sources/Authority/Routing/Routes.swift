/// The bindings of an organization, and who gets what none of them matches.
public struct Routes: Sendable {
    public let bindings: [Binding]
    /// The default agent.
    public let otherwise: AgentID?
    private let claims: [Binding.Match.Claim: [Binding]]

    public init(_ bindings: [Binding], otherwise: AgentID?) {
        self.bindings = bindings
        self.otherwise = otherwise
        claims = Dictionary(grouping: bindings, by: \.match.claim)
    }

    /// Whom a message is for. Takes as long with many bindings as with few.
    ///
    /// The tiers go before one another in the order of ``RouteTier``. Within one a binding that names the account goes
    /// before one that doesn't; then the one that names roles, a guild, a team.
    public func route(_ arrival: Arrival) throws(RouteError) -> Routed {
        for rank in RouteRank.all {
            guard let claim = rank.claim(of: arrival), let claiming = claims[claim] else { continue }
            let found = claiming.filter { !rank.namesRoles || !$0.match.roles.isDisjoint(with: arrival.roles) }
            guard let first = found.first else { continue }
            guard found.allSatisfy({ $0.agent == first.agent }) else { throw .tied(found) }
            return Routed(agent: first.agent, tier: rank.tier, binding: first)
        }
        guard let otherwise else { throw .nobody }
        return Routed(agent: otherwise, tier: .default, binding: nil)
    }

    /// Whether an agent answers from an account: a binding that names it gives the agent messages there, or whatever is written
    /// to the account alone reaches the agent.
    public func answers(_ agent: AgentID, by channel: String, _ account: String) -> Bool {
        let isNamed = bindings.contains { binding in
            binding.agent == agent && binding.match.channel == channel && binding.match.account == account
        }
        if isNamed { return true }
        let alone = Arrival(channel: channel, account: account, peer: Peer(kind: .direct, id: ""))
        return (try? route(alone))?.agent == agent
    }
}

/// Whom a message is for, and by what.
public struct Routed: Sendable, Hashable {
    public let agent: AgentID
    public let tier: RouteTier
    /// Nil for the default agent.
    public let binding: Binding?
}

/// Why a message is for nobody.
public enum RouteError: Error, Hashable, Sendable {
    /// No binding matches, and there is no default agent.
    case nobody
    /// These match alike and name different agents. Applying a definition refuses such; nobody is guessed.
    case tied([Binding])

    public var sentence: String {
        switch self {
        case .nobody: "no binding matches, and no agent is the default"
        case .tied(let bindings):
            "several bindings match alike, for \(Set(bindings.map(\.agent)).sorted().map { "`\($0)`" }.joined(separator: ", "))"
        }
    }
}

/// How particular a match is, by what it names. The most particular is the smallest.
struct RouteRank: Hashable, Comparable {
    let tier: RouteTier
    let namesAccount: Bool
    let namesRoles: Bool
    let namesGuild: Bool
    let namesTeam: Bool

    /// - Parameter peer: `peer` or `parent` when the match names a peer, else nil.
    init(peer: RouteTier?, account: Bool, roles: Bool, guild: Bool, team: Bool) {
        tier = peer ?? (roles ? .roles : guild ? .guild : team ? .team : account ? .account : .channel)
        namesAccount = account
        namesRoles = roles
        namesGuild = guild
        namesTeam = team
    }

    static func < (left: RouteRank, right: RouteRank) -> Bool {
        if left.tier != right.tier { return left.tier < right.tier }
        let pairs = [
            (left.namesAccount, right.namesAccount), (left.namesRoles, right.namesRoles),
            (left.namesGuild, right.namesGuild), (left.namesTeam, right.namesTeam),
        ]
        return pairs.first { $0.0 != $0.1 }?.0 ?? false
    }

    /// Every rank that there is, the most particular first.
    static let all: [RouteRank] = {
        var ranks: [RouteRank] = []
        for peer in [RouteTier.peer, .parent, nil] {
            for (roles, guild) in [(true, true), (false, true), (false, false)] {
                for account in [true, false] {
                    for team in [true, false] {
                        ranks.append(RouteRank(peer: peer, account: account, roles: roles, guild: guild, team: team))
                    }
                }
            }
        }
        return ranks.sorted()
    }()

    /// What a binding of this rank claims when it matches; nil when none can, as the message lacks what it would name.
    func claim(of arrival: Arrival) -> Binding.Match.Claim? {
        let peer: Peer?
        switch tier {
        case .peer: peer = arrival.peer
        case .parent:
            guard let parent = arrival.parent else { return nil }
            peer = parent
        case .roles, .guild, .team, .account, .channel, .default: peer = nil
        }
        if namesGuild && arrival.guild == nil || namesTeam && arrival.team == nil || namesRoles && arrival.roles.isEmpty
        {
            return nil
        }
        return Binding.Match.Claim(
            channel: arrival.channel, account: namesAccount ? arrival.account : nil, peer: peer?.id,
            isDirect: peer?.kind == .direct, guild: namesGuild ? arrival.guild : nil,
            team: namesTeam ? arrival.team : nil,
            namesRoles: namesRoles)
    }
}
