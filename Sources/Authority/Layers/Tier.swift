extension Judge {
    /// Layer 5, delegates only: effect ceiling, autonomy ceiling, and whom the principal has granted something.
    mutating func tier() {
        guard mandate.definition.actsAs == .delegate, let tier = mandate.definition.tier else { return }
        if !tier.effects.contains(tool.effect) { deny(.tierEffect, String(tier.rawValue), tool.effect.rawValue) }
        switch tier {
        case .one, .two:
            if !request.trigger.isAttended { deny(.tierAutonomy, String(tier.rawValue)) }
        case .three:
            unattended()
        }
        guard let principal else { return deny(.noPrincipal, mandate.agent.raw) }
        guard request.requester.person != principal, !isGranted(by: principal) else { return }
        oblige(.notPrincipal, [principal], by: accepting([.approval, .window]), requesterName, principal.raw)
    }

    private func isGranted(by principal: PersonID) -> Bool {
        guard let person = request.requester.person else { return false }
        return mandate.grants.contains {
            $0.principal == principal && $0.person == person && $0.tools.contains(request.tool.value)
        }
    }

    var requesterName: String {
        switch request.requester {
        case .person(let person): person.raw
        case .guest(let sender): sender.raw
        case .nobody: "nobody"
        }
    }
}
