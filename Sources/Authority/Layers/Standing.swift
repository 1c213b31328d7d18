extension Judge {
    /// Layer 1: organization, agent, person and client are active; no kill switch.
    mutating func standing() {
        let facts = request.standing
        if facts.isStopped { deny(.stopped) }
        if facts.organization != .active { deny(.organizationInactive, facts.organization.rawValue) }
        if facts.agent != .active { deny(.agentInactive, mandate.agent.raw, facts.agent.rawValue) }
        if facts.person != .active {
            deny(.personInactive, requesterName, facts.person.rawValue)
        }
        if facts.client != .active { deny(.clientInactive, facts.client.rawValue) }
        if mandate.definition.actsAs == nil { deny(.noIdentity, mandate.agent.raw) }
    }
}
