extension Judge {
    /// Layer 7: the slot's owner, and only that owner, has one healthy connection with the scopes, for an allowed
    /// subject, at its own host. No "any", no fallback.
    ///
    /// - Returns: the one connection to use; nil when the tool needs none or a finding says why there is none.
    mutating func credential() -> ConnectionID? {
        agreement()
        guard tool.needsConnection else { return nil }
        guard let slot = mandate.slot(of: request.tool) else {
            deny(.noSlot, tool.provider.raw)
            return nil
        }
        subject()
        guard let owner = mandate.owner(of: slot, for: request.requester) else {
            deny(.slotWithoutOwner, tool.provider.raw)
            return nil
        }
        return connection(of: owner)
    }

    private mutating func connection(of owner: Owner) -> ConnectionID? {
        let usable =
            if let chosen = request.chosen {
                self.chosen(chosen, of: owner)
            } else {
                only(of: owner)
            }
        guard let found = usable else { return nil }
        if found.host != tool.host { deny(.otherHost, tool.host) }
        asserted(found)
        let lacks = found.lacks[tool.name]
        if lacks != nil || !found.scopes.isSuperset(of: tool.scopes) {
            let missing = tool.scopes.subtracting(found.scopes).union(lacks ?? []).sorted().map { "`\($0)`" }
            need(.missingScopes, tool.provider.raw, missing.joined(separator: ", "))
        }
        return found.id
    }

    /// An agent's account that is whoever our own key says: one on the agent's list, as it is now.
    private mutating func asserted(_ found: ConnectionFacts) {
        guard case .agent = found.owner, let subject = found.assertedAs else { return }
        guard !mandate.definition.subjects.contains(subject) else { return }
        deny(.notItsSubject, mandate.agent.raw, subject)
    }

    /// What was chosen, and nothing in its place.
    private mutating func chosen(_ chosen: ChosenAccount, of owner: Owner) -> ConnectionFacts? {
        for candidate in request.connections
        where candidate.owner == owner && candidate.provider == tool.provider && candidate.id == chosen.connection
            && (candidate.account == chosen.account || candidate.formerAccount == chosen.account)
        {
            switch candidate.health {
            case .healthy: return candidate
            case .broken:
                need(.chosenBroken, tool.provider.raw, name(of: owner), mandate.agent.raw)
                return nil
            case .revoked: break
            }
        }
        need(.chosenGone, tool.provider.raw, name(of: owner), mandate.agent.raw)
        return nil
    }

    /// The owner's one account, where nobody ever chose. An account that the provider refuses is still one of several: it
    /// hands its place to no other.
    private mutating func only(of owner: Owner) -> ConnectionFacts? {
        var found: ConnectionFacts?
        var broken: ConnectionFacts?
        var isRevoked = false
        var isSeveral = false
        for candidate in request.connections where candidate.owner == owner && candidate.provider == tool.provider {
            switch candidate.health {
            case .broken:
                if let other = broken ?? found, other.account != candidate.account { isSeveral = true }
                broken = candidate
            case .revoked: isRevoked = true
            case .healthy:
                if found != nil { isSeveral = true }
                if let broken, broken.account != candidate.account { isSeveral = true }
                found = candidate
            }
        }
        if isSeveral {
            need(.severalAccounts, tool.provider.raw, name(of: owner), mandate.agent.raw)
            return nil
        }
        if found == nil {
            need(broken != nil ? .broken : isRevoked ? .revoked : .notConnected, tool.provider.raw, name(of: owner))
        }
        return found
    }

    /// A provider whose tokens see the whole company: the call must be about the principal, by a recorded assertion.
    /// A claw has no principal; its owner gave its account to whoever may use it.
    private mutating func subject() {
        guard tool.isCompanyWide, mandate.definition.actsAs != .claw else { return }
        guard tool.namesSubject else { return deny(.noSubjectArgument, tool.name, tool.provider.raw) }
        guard let own = request.subject else {
            return need(.noSubjectAssertion, tool.provider.raw, principal?.raw ?? "the principal")
        }
        guard let facets = request.facets, facets.subject != own else { return }
        deny(.otherSubject, tool.name, principal?.raw ?? "the principal")
    }

    /// A person's use of an assistant is bound to what they agreed to; a wider edit waits for them.
    private mutating func agreement() {
        guard mandate.definition.actsAs == .assistant, let facets = request.facets else { return }
        let capability = Capability(
            provider: tool.provider, host: tool.host, effect: tool.effect,
            destinations: tool.effect.isSink ? facets.destinationClass : .nobody)
        if let agreed = request.agreed, agreed.contains(capability) { return }
        let person = principal?.raw ?? "the requester"
        let agreed = effects(agreed: request.agreed ?? [], at: tool.provider)
        if agreed.isEmpty {
            need(.notAgreed, capability.words, person)
        } else {
            need(.notAgreed, capability.words, person, agreed)
        }
    }

    /// What is agreed to at this provider: `read, send`.
    private func effects(agreed: Set<Capability>, at provider: ProviderID) -> String {
        Set(agreed.filter { $0.provider == provider }.map(\.effect.rawValue)).sorted().joined(separator: ", ")
    }

    private func name(of owner: Owner) -> String {
        switch owner {
        case .person(let person): person.raw
        case .agent(let agent): "agent:\(agent)"
        case .organization: "organization"
        }
    }
}

extension Capability {
    fileprivate var words: String {
        let towards: String =
            switch destinations {
            case .nobody: ""
            case .insiders: " towards people of the organization"
            case .outsiders: " towards anybody outside"
            }
        return "\(effect.rawValue) at `\(provider)`\(towards)"
    }
}
