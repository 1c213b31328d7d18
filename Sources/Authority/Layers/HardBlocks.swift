extension Judge {
    /// Layer 3: denials that nobody can approve away, and the one obligation that no window discharges.
    mutating func hardBlocks() {
        if tool.isIdentityProvider, tool.effect == .administer { deny(.identityProvider) }
        if tool.effect == .execute, request.labels.integrity == .outsider { deny(.executeAfterOutsider) }
        guard tool.effect.isSink, let outside = request.facets?.destinations.first(where: \.isOutside) else { return }
        let restricted = request.labels.classes.intersection(mandate.definition.restricted)
        if !restricted.isEmpty { deny(.restrictedExport, restricted.names.joined(separator: " and ")) }
        oblige(.leavesOrganization, approvers, by: .approval, outside.name)
    }
}

extension Destination {
    var name: String {
        switch self {
        case .insider(let person): person.raw
        case .outsider(let text): text
        }
    }
}
