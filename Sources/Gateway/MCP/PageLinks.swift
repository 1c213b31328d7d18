import Authority
import Gate
import Wire

/// Links to pages for people. A link names what waits and carries no authority: its page wants the person's own session.
struct PageLinks: Sendable {
    let publicURL: String
    /// Nil where it isn't known.
    var connectWay: ConnectWay?

    func approval(_ id: ApprovalID) -> String { "\(publicURL)/approvals/\(PercentEncoding.encode(id.raw))" }

    /// The page where a need is met; nil where only an administrator or the agent's owner can.
    func page(for finding: Finding) -> String? {
        if let connectPath = connectWay?.path, finding.isMendedByGoing { return publicURL + connectPath }
        if connectWay?.hasNoPage == true, finding.isMendedByGoing { return nil }
        switch finding.rule {
        case .severalAccounts, .chosenBroken, .chosenGone:
            guard let provider = finding.names.first, let agent = finding.names.last,
                finding.names.dropFirst().first?.hasPrefix("agent:") == false
            else { return nil }
            return
                "\(publicURL)/accounts/\(PercentEncoding.encode(agent))?provider=\(PercentEncoding.encode(provider))"
        case .notConnected, .broken, .revoked, .missingScopes:
            guard let provider = finding.names.first, let owner = finding.names.dropFirst().first,
                finding.rule == .missingScopes || !owner.hasPrefix("agent:")
            else { return nil }
            return "\(publicURL)/connections?provider=\(PercentEncoding.encode(provider))"
        case .notAgreed:
            return "\(publicURL)/agreements"
        case .stopped, .organizationInactive, .agentInactive, .noIdentity, .personInactive, .clientInactive,
            .otherOrganization, .notAUser, .notGuests, .guestBeyondReading, .nobodyAsked, .otherAgentsClient,
            .clientCeiling, .identityProvider, .restrictedExport, .executeAfterOutsider, .leavesOrganization,
            .notAllowed, .denied, .tierEffect, .tierAutonomy, .noStandingOrders, .orderExpired, .orderEdited,
            .orderSpent, .noPrincipal, .notPrincipal,
            .taintedPrivate, .changesAgent, .ownerOfAgent, .noSlot, .slotWithoutOwner, .otherHost, .noSubjectArgument,
            .noSubjectAssertion,
            .otherSubject, .notItsSubject, .effectAsks, .involvesOthers, .unexplainedArgument, .definitionAsks,
            .perMinute, .perDay,
            .concurrent:
            return nil
        }
    }
}

extension Finding {
    /// Whether going to the provider and agreeing there is the way out.
    var isMendedByGoing: Bool { [.notConnected, .broken, .revoked, .missingScopes].contains(rule) }
}
