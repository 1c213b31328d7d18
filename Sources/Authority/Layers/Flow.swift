extension Judge {
    /// Layer 6: where the session's words came from and who may read them, against where this call would send them.
    ///
    /// An outsider's words and private data in one session: whatever leaves the organization, or reaches an insider who
    /// may not read that data, waits for a person.
    mutating func flow() {
        if tool.changesAgent { changeOfAgent() }
        guard tool.effect.isSink, request.labels.integrity == .outsider, request.labels.readers.isPrivate,
            let unread = request.facets?.destinations.first(where: mayNotRead)
        else { return }
        oblige(.taintedPrivate, approvers, by: .approval, unread.name)
    }

    /// What the agent itself is told reaches everybody who uses it, so whoever asks agrees to the exact words, each time.
    /// Its owner does too, unless who asks was given that right and the session holds neither an outsider's words nor what
    /// others let the agent read.
    private mutating func changeOfAgent() {
        let person = request.requester.person
        if let person { oblige(.changesAgent, [person], by: .approval, mandate.agent.raw) }
        let isTheirs = principal.map(request.labels.readers.contains) ?? !request.labels.readers.isPrivate
        if person == nil || !request.editsMemory || !isTheirs || request.labels.integrity == .outsider {
            oblige(.ownerOfAgent, [mandate.owner], by: .approval, mandate.agent.raw)
        }
    }

    private func mayNotRead(_ destination: Destination) -> Bool {
        switch destination {
        case .insider(let person): !request.labels.readers.contains(person)
        case .outsider: true
        }
    }
}
