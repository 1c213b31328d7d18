/// What nobody changes by an edit in their own session, its owner neither, in sentences; empty when the edit is within
/// bounds.
///
/// Who the agent is, whose it is, for whom it acts and who may use it are changed in other ways. A hard block is never taken
/// away.
public func beyondAnyEdit(from old: Mandate, to new: Mandate) -> [String] {
    let (before, after) = (old.definition, new.definition)
    let kept: [(String, Bool)] = [
        ("owner", before.owner == after.owner), ("actsAs", before.actsAs == after.actsAs),
        ("tier", before.tier == after.tier), ("principals", before.principals == after.principals),
        ("users", before.users == after.users), ("grants", before.grants == after.grants),
        ("restricted", after.restricted.isSuperset(of: before.restricted)),
    ]
    return kept.filter { !$0.1 }.map { "`\($0.0)` isn't changed by an edit" }
}

/// What an editor who isn't the owner may not change besides.
///
/// An editor may take away, may ask more often, and may add what goes through each user's own account. Who approves for the
/// agent, whom it asks, and what its own accounts are used for stays its owner's: also for tools that aren't known yet, so
/// patterns are compared and not what they mean today.
public func beyondEditing(from old: Mandate, to new: Mandate) -> [String] {
    let (before, after) = (old.definition, new.definition)
    let kept: [(String, Bool)] = [
        ("approvers", before.approvers == after.approvers), ("guests", before.guests == after.guests),
        ("lift", before.lifts == after.lifts), ("budget", before.budget == after.budget),
        ("restricted", before.restricted == after.restricted), ("subjects", before.subjects == after.subjects),
        ("models", before.models == after.models),
    ]
    return kept.filter { !$0.1 }.map { "only its owner changes `\($0.0)`" }
        + before.ask.filter { !after.ask.contains($0) }.map { "only its owner takes `\($0)` from what is asked for" }
        + slotProblems(before, after) + ownAccountProblems(before, after, new.catalogue)
}

private func slotProblems(_ before: AgentDefinition, _ after: AgentDefinition) -> [String] {
    after.slots.compactMap { slot in
        guard let earlier = before.slots.first(where: { $0.provider == slot.provider }) else {
            return slot.owner == .agent ? "only its owner gives it an account of its own at `\(slot.provider)`" : nil
        }
        return earlier.owner == slot.owner ? nil : "only its owner changes whose account is used at `\(slot.provider)`"
    }
}

/// What would let it do more with an account of its own.
private func ownAccountProblems(
    _ before: AgentDefinition, _ after: AgentDefinition, _ catalogue: ToolCatalogue
) -> [String] {
    let own = after.slots.filter { $0.owner == .agent }.map(\.provider)
    func reaches(_ text: String) -> Bool {
        own.contains { Pattern(text: text).mayMean(toolsOf: $0, in: catalogue) }
    }
    let undenied = before.deny.filter { !after.deny.contains($0) && reaches($0) }.map {
        "only its owner takes `\($0)` from what is denied, since it may use the agent's own account"
    }
    guard let listed = after.listed else {
        guard before.listed != nil, !own.isEmpty else { return undenied }
        return undenied + ["only its owner lets it do everything that its own accounts can"]
    }
    // What was unlimited before is only narrowed by a list.
    guard let earlier = before.listed else { return undenied }
    return undenied
        + listed.filter { !earlier.contains($0) && reaches($0) }.map {
            "only its owner adds `\($0)`, which may use the agent's own account"
        }
}

extension AgentDefinition {
    /// The list that says what it may do; nil where its slots alone do.
    fileprivate var listed: [String]? { allow ?? (tools.isEmpty ? nil : tools) }
}

extension Pattern {
    /// Whether it means tools of this provider, now or once there are more of them.
    fileprivate func mayMean(toolsOf provider: ProviderID, in catalogue: ToolCatalogue) -> Bool {
        if text.hasPrefix("group:") {
            let named = ProviderID(String(text.dropFirst("group:".count)))
            return named == provider || !catalogue.providers.contains(named)
        }
        if let index = catalogue.index(of: text) { return catalogue[index].provider == provider }
        let own = "\(provider)."
        let certain = String(text.prefix { $0 != "*" })
        return certain.count == text.count ? text.hasPrefix(own) : own.hasPrefix(certain) || certain.hasPrefix(own)
    }
}
