extension Routes {
    /// Why each binding gets the message or doesn't, in their order.
    public func explain(_ arrival: Arrival) -> [(binding: Binding, standing: BindingStanding)] {
        let ranks = bindings.map { $0.match.unmet(by: arrival) == nil ? $0.match.rank(for: arrival) : nil }
        let best = ranks.compactMap(\.self).min()
        let agents = zip(bindings, ranks).filter { $0.1 == best }.map(\.0.agent)
        return zip(bindings, ranks).map { binding, rank in
            guard let rank, let best else {
                return (binding, .unmet(binding.match.unmet(by: arrival) ?? .channel))
            }
            if rank.tier != best.tier { return (binding, .later(rank.tier, than: best.tier)) }
            if rank != best { return (binding, .lessParticular(rank.tier, lacks: best.first(beyond: rank))) }
            return (binding, agents.allSatisfy { $0 == binding.agent } ? .matches(rank.tier) : .tied(rank.tier))
        }
    }
}

/// What became of one binding when a message was routed.
public enum BindingStanding: Sendable, Hashable {
    case matches(RouteTier)
    /// One of several that match alike, for different agents.
    case tied(RouteTier)
    case later(RouteTier, than: RouteTier)
    /// In the same tier as the one that goes before it, which also names this.
    case lessParticular(RouteTier, lacks: BindingPart)
    /// The first part that isn't as the message is.
    case unmet(BindingPart)

    /// Nil when it doesn't match.
    public var tier: RouteTier? {
        switch self {
        case .matches(let tier), .tied(let tier), .later(let tier, _), .lessParticular(let tier, _): tier
        case .unmet: nil
        }
    }

    public var sentence: String {
        switch self {
        case .matches(let tier): "it matches by \(tier.rawValue)"
        case .tied(let tier): "it matches by \(tier.rawValue), and so does another one for another agent"
        case .later(let tier, let first): "it matches by \(tier.rawValue), which comes after \(first.rawValue)"
        case .lessParticular(let tier, let part):
            "it matches by \(tier.rawValue) as well, and the other one also names `\(part.rawValue)`"
        case .unmet(let part): "its `\(part.rawValue)` isn't the message's"
        }
    }
}

/// The parts of a match, by their names in a definition.
public enum BindingPart: String, Sendable, CaseIterable {
    case channel
    case account = "accountId"
    case peer
    case guild = "guildId"
    case team = "teamId"
    case roles
}

extension Binding.Match {
    /// The first part that isn't as the message is; nil when it matches.
    func unmet(by arrival: Arrival) -> BindingPart? {
        if channel != arrival.channel { return .channel }
        if let account, account != arrival.account { return .account }
        if let peer, !peer.isSame(as: arrival.peer), arrival.parent.map(peer.isSame) != true { return .peer }
        if let guild, guild != arrival.guild { return .guild }
        if let team, team != arrival.team { return .team }
        if !roles.isEmpty, guild == nil || roles.isDisjoint(with: arrival.roles) { return .roles }
        return nil
    }

    func rank(for arrival: Arrival) -> RouteRank {
        RouteRank(
            peer: peer.map { $0.isSame(as: arrival.peer) ? .peer : .parent }, account: account != nil,
            roles: !roles.isEmpty, guild: guild != nil, team: team != nil)
    }
}

extension RouteRank {
    /// The first part that this one names and the other, of the same tier, doesn't.
    fileprivate func first(beyond other: RouteRank) -> BindingPart {
        if namesAccount != other.namesAccount { return .account }
        if namesRoles != other.namesRoles { return .roles }
        return namesGuild != other.namesGuild ? .guild : .team
    }
}
