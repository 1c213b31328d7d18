extension Finding {
    /// Why, in one plain sentence.
    public var sentence: String {
        let first = names.first ?? ""
        let second = names.dropFirst().first ?? ""
        let third = names.dropFirst(2).first ?? ""
        return switch rule {
        case .stopped: "everything is stopped by an administrator"
        case .organizationInactive: "the organization is \(first)"
        case .agentInactive: "the agent `\(first)` is \(second)"
        case .noIdentity: "the agent `\(first)` has no identity yet, so it can do nothing"
        case .personInactive: "the account of `\(first)` is \(second)"
        case .clientInactive: "this token is \(first)"
        case .otherOrganization: "the agent belongs to another organization"
        case .notAUser: "`\(first)` isn't among the users of `\(second)`"
        case .notGuests: "guests may not use `\(first)`"
        case .guestBeyondReading: "a guest asks for `\(first)`, which does more than read, so the owner has to agree"
        case .nobodyAsked: "an assistant acts only for a person, and nobody asked"
        case .otherAgentsClient: "this token wasn't made for `\(first)`"
        case .clientCeiling: "this token may not \(first)"
        case .identityProvider: "no agent changes an identity provider"
        case .restrictedExport: "this session holds \(first) data, which never leaves the organization"
        case .executeAfterOutsider: "this session holds an outsider's words, and nothing may be executed after that"
        case .leavesOrganization: "it goes outside the organization (\(first)), which a person has to approve each time"
        case .notAllowed: "`\(first)` isn't among the tools of `\(second)`"
        case .denied: "`\(first)` is denied to `\(second)`"
        case .tierEffect: "a tier \(first) delegate may not \(second)"
        case .tierAutonomy: "a tier \(first) delegate acts only when somebody asks"
        case .noStandingOrders: "nobody asked for `\(first)`, and no standing order speaks of it"
        case .orderExpired: "the standing order `\(first)` is over"
        case .orderEdited: "the instructions of `\(second)` have changed since the standing order `\(first)` was taken"
        case .orderSpent: "the standing order `\(first)` is for \(second) calls a day, which it has had"
        case .noPrincipal: "it is open which of the principals of `\(first)` this would be for"
        case .notPrincipal: "`\(first)` isn't a principal of this delegate, so `\(second)` has to agree"
        case .taintedPrivate:
            "this session holds an outsider's words and private data, and \(first) may not read all of it"
        case .changesAgent:
            "everybody who uses `\(first)` is told this from then on, which a person has to agree to each time"
        case .ownerOfAgent: "it changes `\(first)` itself, which its owner has to agree to"
        case .noSlot: "the agent has no slot for `\(first)`"
        case .slotWithoutOwner: "the slot for `\(first)` belongs to a person, and there is nobody to act for"
        case .notConnected: "\(second) has no connection to `\(first)`"
        case .broken: "the connection of \(second) to `\(first)` was refused by the provider and must be made again"
        case .revoked: "the connection of \(second) to `\(first)` was revoked"
        case .missingScopes: "the connection to `\(first)` lacks the permission \(second)"
        case .severalAccounts:
            "\(second) has several accounts at `\(first)`, and it isn't chosen which one `\(third)` uses"
        case .chosenBroken:
            "the account of \(second) at `\(first)` that is chosen for `\(third)` was refused by the provider: it must be "
                + "connected again, or another one chosen"
        case .chosenGone:
            "the account of \(second) at `\(first)` that was chosen for `\(third)` is there no more: another one must be "
                + "chosen"
        case .otherHost: "the connection was made for another host than `\(first)`"
        case .noSubjectArgument:
            "`\(first)` sees everybody at `\(second)` and has no argument that says whose record is meant"
        case .noSubjectAssertion: "nobody has recorded who \(second) is at `\(first)`"
        case .otherSubject: "`\(first)` would return the record of somebody other than \(second)"
        case .notItsSubject: "`\(first)` may not be `\(second)`"
        case .notAgreed:
            "\(second) hasn't agreed to this use of the agent: \(first)"
                + (names.count > 2 ? " (agreed there so far: \(names[2]))" : "")
        case .effectAsks: "to \(first) needs an approval"
        case .involvesOthers: "it involves other people, which needs an approval"
        case .unexplainedArgument: "the argument `\(first)` has no declared role, which needs an approval"
        case .definitionAsks: "the agent's definition asks before `\(first)`"
        case .perMinute: "the agent has used its \(first) calls of this minute"
        case .perDay: "the agent has used its \(first) calls of today"
        case .concurrent: "the agent already has \(first) calls under way"
        }
    }

    /// What to do about it; nil where there is nothing to be done.
    public var wayOut: String? {
        let first = names.first ?? ""
        let second = names.dropFirst().first ?? ""
        let third = names.dropFirst(2).first ?? ""
        return switch rule {
        case .stopped: "an administrator has to clear the stop"
        case .noIdentity: "its owner sets it with `deputy agents set-identity \(first) assistant|claw|delegate`"
        case .agentInactive, .organizationInactive, .personInactive: "ask an administrator"
        case .clientInactive: "make a new one with `deputy tokens create`"
        case .otherAgentsClient, .clientCeiling: "make a token for it with `deputy tokens create`"
        case .notConnected, .revoked: "`deputy connections add \(first) \(flag(of: second))`"
        case .broken: "connect again with `deputy connections add \(first) \(flag(of: second))`"
        case .missingScopes: "connect again with the permission \(second)"
        case .severalAccounts: choosing(second, for: third)
        case .chosenBroken:
            "connect it again with `deputy connections add \(first) \(flag(of: second))`, then "
                + choosing(second, for: third)
        case .chosenGone: choosing(second, for: third)
        case .otherHost: "connect again at this host"
        case .noSubjectAssertion: "an administrator records it with `deputy people add --subject \(first)=ID`"
        case .notItsSubject:
            "the agent's owner names it with `deputy agents edit \(first) --subject \(second)`"
        case .notAgreed: "\(second) signs in with `deputy login`, sees what is new under Assistants, and agrees there"
        case .noStandingOrders, .orderExpired: "write one into its `AGENTS.md`, and `deputy orders take` it"
        case .orderEdited: "`deputy orders take \(second)` takes what they say now"
        case .orderSpent: "try again tomorrow"
        case .noPrincipal: "one of the principals has to ask"
        case .perMinute: "try again in a minute"
        case .perDay: "try again tomorrow"
        case .concurrent: "wait for one of them to end"
        case .otherOrganization, .notAUser, .notGuests, .guestBeyondReading, .nobodyAsked, .identityProvider,
            .restrictedExport, .executeAfterOutsider, .leavesOrganization, .notAllowed, .denied, .tierEffect,
            .tierAutonomy, .notPrincipal, .taintedPrivate, .changesAgent, .ownerOfAgent, .noSlot, .slotWithoutOwner,
            .noSubjectArgument,
            .otherSubject, .effectAsks, .involvesOthers, .unexplainedArgument, .definitionAsks:
            nil
        }
    }

    private func choosing(_ owner: String, for agent: String) -> String {
        "`deputy connections choose CONNECTION --agent \(agent)"
            + (owner.hasPrefix("agent:") ? "`" : " --person \(owner)`")
    }

    /// How the command line names the owner of a connection.
    private func flag(of owner: String) -> String {
        owner.hasPrefix("agent:") ? "--agent \(owner.dropFirst("agent:".count))" : "--person \(owner)"
    }
}
