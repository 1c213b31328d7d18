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
        var found: ConnectionFacts?
        var isBroken = false
        var isRevoked = false
        for candidate in request.connections where candidate.owner == owner && candidate.provider == tool.provider {
            switch candidate.health {
            case .broken: isBroken = true
            case .revoked: isRevoked = true
            case .healthy:
                if let chosen = request.chosen, candidate.id != chosen { continue }
                if found != nil {
                    need(.severalAccounts, tool.provider.raw, name(of: owner))
                    return nil
                }
                found = candidate
            }
        }
        guard let found else {
            need(isBroken ? .broken : isRevoked ? .revoked : .notConnected, tool.provider.raw, name(of: owner))
            return nil
        }
        if found.host != tool.host { deny(.otherHost, tool.host) }
        if !found.scopes.isSuperset(of: tool.scopes) {
            let missing = tool.scopes.subtracting(found.scopes).sorted().map { "`\($0)`" }
            need(.missingScopes, tool.provider.raw, missing.joined(separator: ", "))
        }
        return found.id
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
