/// What an editor who isn't the owner may not change, in sentences; empty when the edit is within bounds.
///
/// An editor may take away, may ask more often, and may add what goes through each user's own account. Who the agent is,
/// who may use it and approve for it, and what the agent's own accounts are used for stays its owner's.
public func beyondEditing(from old: Mandate, to new: Mandate) -> [String] {
    let (before, after) = (old.definition, new.definition)
    let kept: [(String, Bool)] = [
        ("owner", before.owner == after.owner), ("actsAs", before.actsAs == after.actsAs),
        ("tier", before.tier == after.tier), ("principals", before.principals == after.principals),
        ("users", before.users == after.users), ("approvers", before.approvers == after.approvers),
        ("guests", before.guests == after.guests), ("lift", before.lifts == after.lifts),
        ("grants", before.grants == after.grants), ("budget", before.budget == after.budget),
        ("restricted", before.restricted == after.restricted),
    ]
    var problems = kept.filter { !$0.1 }.map { "only its owner changes `\($0.0)`" }
    for index in new.catalogue.tools.indices {
        let tool = new.catalogue.tools[index]
        if old.asks(index), new.allows(index), !new.asks(index) {
            problems.append("only its owner lets `\(tool.name)` run without being asked for")
        }
        let slot = new.slots[index]
        if let earlier = old.slots[index], let slot, earlier.owner != slot.owner, new.allows(index) {
            problems.append("only its owner changes whose account `\(tool.name)` uses")
        } else if new.allows(index), !old.allows(index), tool.needsConnection, slot?.owner != .person {
            problems.append("only its owner adds `\(tool.name)`, which uses the agent's own account")
        }
    }
    return problems
}

extension Mandate {
    fileprivate func allows(_ index: Int) -> Bool { allowed.contains(index) && !denied.contains(index) }
    fileprivate func asks(_ index: Int) -> Bool { asked.contains(index) }
}
