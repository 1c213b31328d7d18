extension Judge {
    /// Layer 8: who must agree.
    mutating func oversight() {
        if mandate.asked.contains(request.tool.value) {
            oblige(.definitionAsks, approvers, by: kinds, tool.name)
        }
        guard let facets = request.facets else { return }
        switch tool.effect {
        case .read, .draft:
            return
        case .create, .update:
            if !facets.destinations.isEmpty, !isLifted(for: facets) {
                oblige(.involvesOthers, approvers, by: accepting(kinds))
            }
        case .send, .share, .delete, .execute, .administer:
            if !isLifted(for: facets) { oblige(.effectAsks, approvers, by: accepting(kinds), tool.effect.rawValue) }
        }
        switch tool.effect {
        case .send, .share, .create, .delete:
            for argument in facets.unexplained { oblige(.unexplainedArgument, approvers, by: .approval, argument) }
        case .read, .draft, .update, .execute, .administer:
            return
        }
    }

    var approvers: Set<PersonID> { mandate.approvers(for: request.requester) }

    private var kinds: EvidenceKinds { tool.effect.isDestructive ? .approval : [.approval, .window] }

    private func isLifted(for facets: Facets) -> Bool {
        switch facets.destinationClass {
        case .nobody: mandate.liftedForNobody.contains(request.tool.value)
        case .insiders: mandate.liftedForInsiders.contains(request.tool.value)
        case .outsiders: false
        }
    }
}
