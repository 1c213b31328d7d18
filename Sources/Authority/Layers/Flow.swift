extension Judge {
    /// Layer 6: where the session's words came from and who may read them, against where this call would send them.
    ///
    /// An outsider's words and private data in one session: whatever leaves the organization, or reaches an insider who
    /// may not read that data, waits for a person.
    mutating func flow() {
        guard tool.effect.isSink, request.labels.integrity == .outsider, request.labels.readers.isPrivate,
            let unread = request.facets?.destinations.first(where: mayNotRead)
        else { return }
        oblige(.taintedPrivate, approvers, by: .approval, unread.name)
    }

    private func mayNotRead(_ destination: Destination) -> Bool {
        switch destination {
        case .insider(let person): !request.labels.readers.contains(person)
        case .outsider: true
        }
    }
}
