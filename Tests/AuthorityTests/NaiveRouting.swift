import Authority

/// Routing once more, by looking at every binding for every tier: slow, and short enough to be read as the rule.
struct NaiveRouting {
    let bindings: [Binding]
    let otherwise: AgentID?

    /// The agents that the first tier with a match names, and the tier. Several agents are a tie; none is nobody.
    func route(_ arrival: Arrival) -> (agents: Set<AgentID>, tier: RouteTier?) {
        for tier in RouteTier.allCases {
            if tier == .default, let otherwise { return ([otherwise], .default) }
            var found = bindings.filter { matches($0.match, arrival, tier) }
            for named in NaiveRouting.particulars where found.contains(where: { named($0.match) }) {
                found = found.filter { named($0.match) }
            }
            if !found.isEmpty { return (Set(found.map(\.agent)), tier) }
        }
        return ([], nil)
    }

    private static let particulars: [@Sendable (Binding.Match) -> Bool] = [
        { $0.account != nil }, { !$0.roles.isEmpty }, { $0.guild != nil }, { $0.team != nil },
    ]

    private func matches(_ match: Binding.Match, _ arrival: Arrival, _ tier: RouteTier) -> Bool {
        let fits =
            match.channel == arrival.channel && (match.account ?? arrival.account) == arrival.account
            && (match.guild == nil || match.guild == arrival.guild) && (match.team == nil || match.team == arrival.team)
            && (match.roles.isEmpty || match.guild != nil && !match.roles.intersection(arrival.roles).isEmpty)
        guard fits else { return false }
        switch tier {
        case .peer: return same(match.peer, arrival.peer)
        case .parent: return same(match.peer, arrival.parent)
        case .roles: return match.peer == nil && !match.roles.isEmpty
        case .guild: return match.peer == nil && match.guild != nil
        case .team: return match.peer == nil && match.team != nil
        case .account: return match.peer == nil && match.account != nil
        case .channel: return match.peer == nil
        case .default: return false
        }
    }

    private func same(_ left: Peer?, _ right: Peer?) -> Bool {
        guard let left, let right, left.id == right.id else { return false }
        switch (left.kind, right.kind) {
        case (.direct, .direct), (.group, .group), (.channel, .channel), (.group, .channel), (.channel, .group):
            return true
        case (.direct, .group), (.direct, .channel), (.group, .direct), (.channel, .direct): return false
        }
    }
}
