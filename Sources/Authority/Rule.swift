/// The nine pure rule families of the decision.
public enum Layer: Int, Sendable, CaseIterable {
    case standing = 1
    case access, hardBlocks, toolPolicy, tier, flow, credential, oversight, budget

    public var name: String {
        switch self {
        case .standing: "standing"
        case .access: "access"
        case .hardBlocks: "hard blocks"
        case .toolPolicy: "tool policy"
        case .tier: "tier"
        case .flow: "flow"
        case .credential: "credential"
        case .oversight: "oversight"
        case .budget: "budget"
        }
    }
}

/// Every rule that can have a say, by the name that findings, the ledger and `explain` use.
public enum Rule: String, Sendable, CaseIterable {
    case stopped = "standing.stopped"
    case organizationInactive = "standing.organization"
    case agentInactive = "standing.agent"
    case noIdentity = "standing.identity"
    case personInactive = "standing.person"
    case clientInactive = "standing.client"

    case otherOrganization = "access.organization"
    case notAUser = "access.user"
    case notGuests = "access.guest"
    case guestBeyondReading = "access.guest-effect"
    case nobodyAsked = "access.nobody"
    case otherAgentsClient = "access.client-agent"
    case clientCeiling = "access.client-ceiling"

    case identityProvider = "hard-blocks.identity-provider"
    case restrictedExport = "hard-blocks.export"
    case executeAfterOutsider = "hard-blocks.execute"
    case leavesOrganization = "hard-blocks.outside"

    case notAllowed = "tool-policy.allow"
    case denied = "tool-policy.deny"

    case tierEffect = "tier.effect"
    case tierAutonomy = "tier.autonomy"
    case noStandingOrders = "tier.standing-orders"
    case orderExpired = "tier.order-expired"
    case orderEdited = "tier.order-edited"
    case orderSpent = "tier.order-spent"
    case noPrincipal = "tier.principal"
    case notPrincipal = "tier.requester"

    case taintedPrivate = "flow.outsider-and-private"
    case changesAgent = "flow.agent"
    case ownerOfAgent = "flow.agent-owner"

    case noSlot = "credential.slot"
    case slotWithoutOwner = "credential.owner"
    case notConnected = "credential.connect"
    case broken = "credential.reconnect"
    case revoked = "credential.revoked"
    case missingScopes = "credential.scopes"
    case severalAccounts = "credential.choose"
    case chosenBroken = "credential.chosen-reconnect"
    case chosenGone = "credential.choose-again"
    case otherHost = "credential.host"
    case noSubjectArgument = "credential.subject-argument"
    case noSubjectAssertion = "credential.subject-assertion"
    case otherSubject = "credential.subject"
    case notItsSubject = "credential.asserted-subject"
    case notAgreed = "credential.agreement"

    case effectAsks = "oversight.effect"
    case involvesOthers = "oversight.involves-others"
    case unexplainedArgument = "oversight.unexplained-argument"
    case definitionAsks = "oversight.definition"

    case perMinute = "budget.minute"
    case perDay = "budget.day"
    case concurrent = "budget.concurrent"

    public var layer: Layer {
        switch self {
        case .stopped, .organizationInactive, .agentInactive, .noIdentity, .personInactive, .clientInactive: .standing
        case .otherOrganization, .notAUser, .notGuests, .guestBeyondReading, .nobodyAsked, .otherAgentsClient,
            .clientCeiling:
            .access
        case .identityProvider, .restrictedExport, .executeAfterOutsider, .leavesOrganization: .hardBlocks
        case .notAllowed, .denied: .toolPolicy
        case .tierEffect, .tierAutonomy, .noStandingOrders, .orderExpired, .orderEdited, .orderSpent, .noPrincipal,
            .notPrincipal:
            .tier
        case .taintedPrivate, .changesAgent, .ownerOfAgent: .flow
        case .noSlot, .slotWithoutOwner, .notConnected, .broken, .revoked, .missingScopes, .severalAccounts,
            .chosenBroken, .chosenGone, .otherHost, .noSubjectArgument, .noSubjectAssertion, .otherSubject,
            .notItsSubject,
            .notAgreed:
            .credential
        case .effectAsks, .involvesOthers, .unexplainedArgument, .definitionAsks: .oversight
        case .perMinute, .perDay, .concurrent: .budget
        }
    }

    /// Whether a standing order speaks of it that doesn't hold now.
    public var isOrderOver: Bool { [.orderExpired, .orderEdited, .orderSpent].contains(self) }

    /// Whether an agent's client may be told of it. The others answer as if the tool didn't exist.
    public var isTold: Bool {
        switch self {
        case .notAUser, .notGuests, .notAllowed, .denied, .otherOrganization, .noSlot, .noSubjectArgument: false
        case .stopped, .organizationInactive, .agentInactive, .noIdentity, .personInactive, .clientInactive,
            .guestBeyondReading, .nobodyAsked, .otherAgentsClient, .clientCeiling, .identityProvider,
            .restrictedExport, .executeAfterOutsider, .leavesOrganization, .tierEffect, .tierAutonomy,
            .noStandingOrders, .orderExpired, .orderEdited, .orderSpent, .noPrincipal, .notPrincipal, .taintedPrivate,
            .changesAgent, .ownerOfAgent,
            .slotWithoutOwner,
            .notConnected, .broken, .revoked, .missingScopes, .severalAccounts, .chosenBroken, .chosenGone, .otherHost,
            .noSubjectAssertion,
            .otherSubject, .notItsSubject, .notAgreed,
            .effectAsks, .involvesOthers, .unexplainedArgument, .definitionAsks, .perMinute, .perDay, .concurrent:
            true
        }
    }
}
