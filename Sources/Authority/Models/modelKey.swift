/// Why a model can't be asked with its key.
public enum ModelKeyFault: Error, Hashable, Sendable {
    case notConnected
    case broken
    case several
    /// What was chosen among several isn't there any more.
    case chosenGone
    /// The key was made for this host, and the definition names another.
    case elsewhere(String)
}

/// The one connection whose key a model is asked with: that of the slot's owner, and of nobody else; healthy, the only one or the
/// one that was chosen, and made for the place that the definition names. No "any", no fallback.
///
/// - Parameters:
///   - held: connections that could be meant. Those of another owner or provider don't count.
///   - chosen: among several of the agent's own.
public func modelKey(
    of slot: ModelSlot, _ key: ModelKey, for agent: AgentID, held: [ConnectionFacts], chosen: ChosenAccount?
) -> Result<ConnectionID, ModelKeyFault> {
    let owner = key.owner(for: agent)
    let own = held.filter { $0.owner == owner && $0.provider == key.provider && $0.health != .revoked }
    let meant: [ConnectionFacts]
    if let chosen {
        meant = own.filter { $0.id == chosen.connection && $0.account == chosen.account }
        guard !meant.isEmpty else { return .failure(.chosenGone) }
    } else {
        meant = own
        guard Set(own.map(\.account)).count < 2 else { return .failure(.several) }
    }
    let healthy = meant.filter { $0.health == .healthy }
    guard healthy.count < 2 else { return .failure(.several) }
    guard let found = healthy.first else { return .failure(meant.isEmpty ? .notConnected : .broken) }
    if let base = slot.base, base != found.host, !base.hasPrefix(found.host + "/") {
        return .failure(.elsewhere(found.host))
    }
    return .success(found.id)
}

extension ModelKeyFault {
    /// What is wrong with the key of this slot, for people.
    public func sentence(of slot: ModelSlot, _ key: ModelKey, for agent: AgentID) -> String {
        let whose =
            switch key.owner {
            case .agent: "`\(agent)`"
            case .organization: "the organization"
            }
        return switch self {
        case .notConnected: "\(whose) has no connection to `\(key.provider)`, whose key `\(slot.name)` is asked with"
        case .broken: "`\(key.provider)` refuses the key of \(whose) that `\(slot.name)` is asked with"
        case .several: "\(whose) has several accounts at `\(key.provider)`, and `\(slot.name)` is asked with one"
        case .chosenGone: "the account at `\(key.provider)` that was chosen for `\(agent)` isn't there any more"
        case .elsewhere(let host):
            "`\(slot.name)` is at `\(slot.base ?? host)`, and the key of \(whose) was made for `\(host)`"
        }
    }

    /// What to do about it.
    public func hint(_ key: ModelKey, for agent: AgentID) -> String {
        let whose =
            switch key.owner {
            case .agent: "--agent \(agent)"
            case .organization: "--organization"
            }
        return switch self {
        case .notConnected, .broken: "`deputy connections add \(key.provider) \(whose)`"
        case .several: "revoke all but one with `deputy connections revoke`"
        case .chosenGone: "`deputy connections choose`"
        case .elsewhere: "leave `base` out, or name the key's own host"
        }
    }
}
