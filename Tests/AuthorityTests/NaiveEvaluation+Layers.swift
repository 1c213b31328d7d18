import Authority

extension NaiveEvaluation {
    /// Layer 1: organization, agent, person and client are active; no kill switch.
    mutating func standing() {
        let facts = request.standing
        if facts.isStopped { deny(.stopped) }
        if facts.organization != .active { deny(.organizationInactive) }
        if facts.agent != .active { deny(.agentInactive) }
        if facts.person != .active { deny(.personInactive) }
        let isOverlooked = fault == .bends(.standing) && facts.client == .expired
        if facts.client != .active, !isOverlooked { deny(.clientInactive) }
        if definition.actsAs == nil { deny(.noIdentity) }
    }

    /// Layer 2: this requester may use this agent from this client.
    mutating func access() {
        if request.organization != definition.organization { deny(.otherOrganization) }
        if let person, !isUser(person) { deny(.notAUser) }
        if definition.actsAs == .assistant, person == nil { deny(.nobodyAsked) }
        if case .guest = request.requester {
            if !mentions(definition.guests, tool) { deny(.notGuests) }
            if tool.effect != .read { oblige(.guestBeyondReading, [definition.owner], by: [.approval]) }
        }
        if !request.client.agents.contains(definition.agent) { deny(.otherAgentsClient) }
        if !request.client.ceiling.isSuperset(of: EffectSet(tool.effect)) { deny(.clientCeiling) }
    }

    private func isUser(_ person: PersonID) -> Bool {
        guard case .only(let listed) = definition.users else { return true }
        if listed.contains(person) || person == definition.owner || request.isShared { return true }
        return definition.principals.contains(person) && fault != .bends(.access)
    }

    /// Layer 3: denials that nobody can approve away, and the one obligation that no window discharges.
    mutating func hardBlocks() {
        if tool.isIdentityProvider, tool.effect == .administer { deny(.identityProvider) }
        if tool.effect == .execute, request.labels.integrity == .outsider { deny(.executeAfterOutsider) }
        guard leavesSession, !outsiders.isEmpty else { return }
        if request.labels.classes.names.contains(where: definition.restricted.names.contains) {
            deny(.restrictedExport)
        }
        oblige(.leavesOrganization, approvers, by: fault == .bends(.hardBlocks) ? [.approval, .window] : [.approval])
    }

    /// Layer 4: allow and deny lists; deny wins.
    mutating func toolPolicy() {
        if !isAllowed(tool) { deny(.notAllowed) }
        if mentions(definition.deny, tool) { deny(.denied) }
    }

    /// Layer 5: what a delegate may do at its tier, and for whom.
    mutating func tier() {
        guard definition.actsAs == .delegate, let tier = definition.tier else { return }
        var effects: [Effect] = tier == .one ? [.read, .draft] : [.read, .draft, .send, .create]
        if fault == .bends(.tier) { effects.append(.create) }
        if !effects.contains(tool.effect) { deny(.tierEffect) }
        if tier == .three, isUnattended, order == nil { denyWithoutOrder() }
        if tier != .three, request.trigger == .schedule || request.trigger == .event { deny(.tierAutonomy) }
        guard let principal else { return deny(.noPrincipal) }
        let isGranted = definition.grants.contains { grant in
            grant.principal == principal && grant.person == person && mentions([grant.tools], tool)
        }
        if person != principal, !isGranted {
            oblige(.notPrincipal, [principal], by: orAnOrder([.approval, .window]))
        }
    }

    /// Layer 6: an outsider's words and private data in one session, on the way to somebody who may not read it.
    mutating func flow() {
        if tool.changesAgent {
            if let person { oblige(.changesAgent, [person], by: [.approval]) }
            var isOwnersToo = person == nil || !request.editsMemory || request.labels.integrity == .outsider
            if let readers = named(request.labels.readers) {
                if principal.map({ !readers.contains($0) }) ?? true { isOwnersToo = true }
            }
            if isOwnersToo { oblige(.ownerOfAgent, [definition.owner], by: [.approval]) }
        }
        guard leavesSession, request.labels.integrity == .outsider else { return }
        guard let readers = named(request.labels.readers) else { return }
        let strangers = insiders.filter { !readers.contains($0) }
        let reaches = !outsiders.isEmpty || (!strangers.isEmpty && fault != .bends(.flow))
        if reaches { oblige(.taintedPrivate, approvers, by: [.approval]) }
    }

    private func named(_ readers: Readers) -> Set<PersonID>? {
        switch readers {
        case .organization: nil
        case .only(let people): people
        case .account(let owner): [owner]
        }
    }

    /// Layer 8: who must agree.
    mutating func oversight() {
        let kinds: [Evidence.Kind] =
            [.delete, .execute, .administer].contains(tool.effect) ? [.approval] : [.approval, .window]
        if mentions(definition.ask, tool) { oblige(.definitionAsks, approvers, by: kinds) }
        guard let facets = request.facets else { return }
        let involvesOthers = !facets.destinations.isEmpty
        if [.create, .update].contains(tool.effect), involvesOthers, !isLifted {
            oblige(.involvesOthers, approvers, by: orAnOrder(kinds))
        }
        if [.send, .share, .delete, .execute, .administer].contains(tool.effect), !isLifted {
            oblige(.effectAsks, approvers, by: orAnOrder(kinds))
        }
        if [.send, .share, .create, .delete].contains(tool.effect), !facets.unexplained.isEmpty {
            oblige(.unexplainedArgument, approvers, by: [.approval])
        }
    }

    /// Layer 9: a full budget denies.
    mutating func budget() {
        let slack = fault == .bends(.budget) ? 1 : 0
        let used = request.budget
        if let limit = definition.budget.callsPerMinute, used.callsThisMinute >= limit + slack { deny(.perMinute) }
        if let limit = definition.budget.callsPerDay, used.callsToday >= limit + slack { deny(.perDay) }
        if let limit = definition.budget.concurrent, used.concurrent >= limit + slack { deny(.concurrent) }
    }

    // What the layers above ask

    private func isAllowed(_ tool: ToolSpec) -> Bool {
        if let allow = definition.allow, !(allow.isEmpty && fault == .bends(.toolPolicy)) {
            return mentions(allow, tool)
        }
        if !definition.tools.isEmpty { return mentions(definition.tools, tool) }
        return definition.slots.contains { $0.provider == tool.provider }
    }

    /// Everything but reading and drafting.
    private var leavesSession: Bool { tool.effect != .read && tool.effect != .draft }

    private var outsiders: [String] {
        (request.facets?.destinations ?? []).compactMap { if case .outsider(let text) = $0 { text } else { nil } }
    }

    private var insiders: [PersonID] {
        (request.facets?.destinations ?? []).compactMap { if case .insider(let person) = $0 { person } else { nil } }
    }

    private var isLifted: Bool {
        guard outsiders.isEmpty else { return false }
        let towards: DestinationClass = insiders.isEmpty ? .nobody : .insiders
        return definition.lifts.contains { $0.destinations == towards && mentions([$0.tools], tool) }
    }

    /// Who agrees by default.
    private var approvers: [PersonID] {
        switch definition.actsAs {
        case .none: return []
        case .assistant, .delegate: return principal.map { [$0] } ?? []
        case .claw:
            let others: [PersonID] = definition.approvers.filter { $0 != person || fault == .bends(.oversight) }
            return others + [definition.owner]
        }
    }
}
