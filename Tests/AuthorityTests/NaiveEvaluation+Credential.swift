import Authority

extension NaiveEvaluation {
    /// Layer 7: the slot's owner, and only that owner, has one healthy connection with the scopes, for an allowed
    /// subject, at its own host.
    mutating func credential() -> ConnectionID? {
        if definition.actsAs == .assistant, let facets = request.facets, !hasAgreed(to: facets) { need(.notAgreed) }
        guard tool.needsConnection else { return nil }
        guard let slot = definition.slots.first(where: { $0.provider == tool.provider }) else {
            deny(.noSlot)
            return nil
        }
        subject()
        let owner: Owner
        switch slot.owner {
        case .agent: owner = .agent(definition.agent)
        case .person:
            guard let principal else {
                deny(.slotWithoutOwner)
                return nil
            }
            owner = .person(principal)
        }
        return connection(of: owner)
    }

    private mutating func connection(of owner: Owner) -> ConnectionID? {
        var theirs = request.connections.filter { $0.provider == tool.provider && $0.owner == owner }
        if fault == .bends(.credential), theirs.isEmpty {
            theirs = request.connections.filter { $0.provider == tool.provider }
        }
        if let chosen = request.chosen {
            theirs = theirs.filter {
                $0.id == chosen.connection && $0.account == chosen.account && $0.health != .revoked
            }
            if theirs.isEmpty { need(.chosenGone) }
            if theirs.contains(where: { $0.health == .broken }) { need(.chosenBroken) }
        }
        let usable = theirs.filter { $0.health == .healthy }
        let accounts = Set(theirs.filter { $0.health != .revoked }.map(\.account))
        if request.chosen == nil, usable.count > 1 || accounts.count > 1 {
            need(.severalAccounts)
            return nil
        }
        if usable.isEmpty, request.chosen == nil {
            if theirs.contains(where: { $0.health == .broken }) {
                need(.broken)
            } else if theirs.contains(where: { $0.health == .revoked }) {
                need(.revoked)
            } else {
                need(.notConnected)
            }
        }
        guard usable.count == 1 else { return nil }
        let one = usable[0]
        if one.host != tool.host { deny(.otherHost) }
        if let subject = one.assertedAs, owner == .agent(definition.agent),
            definition.subjects.allSatisfy({ $0 != subject })
        {
            deny(.notItsSubject)
        }
        if tool.scopes.contains(where: { !one.scopes.contains($0) }) || one.lacks.keys.contains(tool.name) {
            need(.missingScopes)
        }
        return one.id
    }

    private mutating func subject() {
        guard tool.isCompanyWide, definition.actsAs != .claw else { return }
        if !tool.namesSubject {
            deny(.noSubjectArgument)
        } else if request.subject == nil {
            need(.noSubjectAssertion)
        } else if let facets = request.facets, facets.subject != request.subject {
            deny(.otherSubject)
        }
    }

    private func hasAgreed(to facets: Facets) -> Bool {
        var towards = DestinationClass.nobody
        if tool.effect != .read, tool.effect != .draft {
            for destination in facets.destinations {
                if case .outsider = destination { towards = .outsiders }
                if case .insider = destination, towards == .nobody { towards = .insiders }
            }
        }
        return (request.agreed ?? []).contains { agreed in
            agreed.provider == tool.provider && agreed.host == tool.host && agreed.effect == tool.effect
                && agreed.destinations == towards
        }
    }
}
