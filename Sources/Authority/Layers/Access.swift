extension Judge {
    /// Layer 2: this requester may use this agent from this client.
    mutating func access() {
        if request.organization != mandate.organization { deny(.otherOrganization) }
        switch request.requester {
        case .person(let person):
            if !isUser(person) { deny(.notAUser, person.raw, mandate.agent.raw) }
        case .guest:
            guestAccess()
        case .nobody:
            if mandate.definition.actsAs == .assistant { deny(.nobodyAsked) }
        }
        if !request.client.agents.contains(mandate.agent) { deny(.otherAgentsClient, mandate.agent.raw) }
        if !request.client.ceiling.contains(tool.effect) { deny(.clientCeiling, tool.effect.rawValue) }
    }

    private func isUser(_ person: PersonID) -> Bool {
        switch mandate.definition.users {
        case .everyone: true
        case .only(let people):
            people.contains(person) || person == mandate.owner || mandate.definition.principals.contains(person)
                || request.isShared
        }
    }

    private mutating func guestAccess() {
        if mandate.definition.actsAs == .assistant { deny(.nobodyAsked) }
        if !mandate.guests.contains(request.tool.value) { deny(.notGuests, tool.name) }
        if tool.effect != .read {
            oblige(.guestBeyondReading, [mandate.owner], by: .approval, tool.name)
        }
    }
}
