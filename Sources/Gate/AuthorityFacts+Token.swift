public import Authority

extension AuthorityFacts {
    /// What would hold for a call with a token that the requester takes up now: it may do everything that they may, and by
    /// taking it up they agree to what an assistant does. Only for saying what a call would come to.
    public func withNewToken(for requester: Requester) -> AuthorityFacts {
        var standing = standing
        standing.client = .active
        let isAgreed = mandate.definition.actsAs == .assistant && mandate.principal(for: requester) != nil
        return AuthorityFacts(
            mandate: mandate, definition: definition, standing: standing,
            client: ClientFacts(ceiling: .all, agents: [mandate.agent]), subjects: subjects,
            agreed: isAgreed ? mandate.capabilities : agreed, directory: directory,
            isShared: isShared, editsMemory: editsMemory, epochs: epochs)
    }

    /// The same for a token that may do less, or that is over.
    public func narrowed(to ceiling: EffectSet, isExpired: Bool) -> AuthorityFacts {
        var standing = standing
        if isExpired { standing.client = .expired }
        let client = ClientFacts(ceiling: client.ceiling.intersection(ceiling), agents: client.agents)
        var narrowed = AuthorityFacts(
            mandate: mandate, definition: definition, standing: standing, client: client, subjects: subjects,
            agreed: agreed, directory: directory, isShared: isShared, editsMemory: editsMemory,
            epochs: epochs)
        narrowed.orders = orders
        return narrowed
    }
}
