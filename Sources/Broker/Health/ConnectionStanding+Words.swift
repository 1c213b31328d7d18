import Authority

extension ConnectionStanding {
    /// What is the matter, in one plain sentence; nil when nothing is.
    func sentence(of record: ConnectionRecord) -> String? {
        let provider = "`\(record.provider)`"
        let said = code.map { " (it said `\($0)`)" } ?? ""
        return switch cause {
        case .works: nil
        case .endsSoon: "its token ends soon, and \(provider) gave nothing to renew it with"
        case .notRenewed: "\(provider) doesn't renew its token just now\(said); it is asked again by itself"
        case .ended: "its token ended, and \(provider) gave nothing to renew it with"
        case .grantOver: "\(provider) says that what its owner granted is over\(said)"
        case .ownerAsked: "\(provider) wants its owner to sign in there again\(said)"
        case .permissionsRefused: "\(provider) doesn't give it these permissions any more\(said)"
        case .answerLost: "an answer of \(provider) that held its next token was lost"
        case .refused: "\(provider) refused its credential"
        case .otherApp: "it was made through another app at \(provider) than the one that is kept now"
        case .otherAccount: "\(provider) gives tokens of another account than the one that was connected"
        case .notAsRecorded: "its record isn't what the ledger says of it, so it is out of use"
        case .revoked: "it was revoked, and its secret destroyed"
        case .secretEnds: "the key that it was made with ends soon"
        case .rotationDue: "the key that it was made with is to be replaced, by its schedule"
        case .rotationFailed: "the key that it was made with isn't replaced by itself\(said)"
        case .keyRotated: nil
        case .appRefused: "\(provider) refuses our app there, so nothing can be renewed\(said)"
        case .appMissing: "no app is kept for \(provider), so nothing can be renewed"
        case .providerForbids: "the administrators of \(provider) forbid it\(said)"
        case .unopened: "its tokens can't be unsealed"
        case .permissionsLacking: "our app was given less at \(provider) than this needs"
        case .toolsChanged: "tools of \(provider) have changed, and nobody may call them"
        case .toolsNew: "\(provider) has tools that nobody has released"
        case .authorizationChanged: "where tokens of \(provider) come from has changed, and nobody connects there"
        }
    }

    /// What its owner, or for what only they can do whoever runs this home, does about it; nil when nobody has to.
    ///
    /// - Parameter app: that it was made through; nil where there is none.
    func nextStep(of record: ConnectionRecord, through app: AppRecord? = nil) -> String? {
        switch cause {
        case .works, .notRenewed, .keyRotated: nil
        case .endsSoon, .ended, .grantOver, .ownerAsked, .permissionsRefused, .answerLost, .refused, .otherApp,
            .otherAccount:
            "connect it again: \(record.wayBack)"
        case .notAsRecorded: "whoever runs this home looks at `deputy doctor`; then connect it again: \(record.wayBack)"
        case .revoked: "nothing; connect anew if it is needed: \(record.wayBack)"
        case .rotationFailed where record.kind == OwnGrant.accountKind: rotationStep(record)
        case .secretEnds, .rotationDue, .rotationFailed:
            record.kind == OwnGrant.accountKind
                ? "whoever runs this home gives a new key: `deputy connections rotate \(record.id) --service-account FILE`"
                : "connect it again: \(record.wayBack)"
        case .permissionsLacking: "whoever runs this home has it asked for: `deputy connections widen \(record.id)`"
        case .appRefused, .appMissing, .providerForbids, .unopened, .toolsChanged, .toolsNew, .authorizationChanged:
            cause.step(at: record.provider, through: app)
        }
    }
}

extension ConnectionStanding {
    /// What whoever runs this home does where a service account's key doesn't go round.
    private func rotationStep(_ record: ConnectionRecord) -> String {
        let byHand = "`deputy connections rotate \(record.id) --every never`, and give keys by hand"
        return switch code {
        case "PERMISSION_DENIED":
            "whoever runs the project at `\(record.provider)` gives the service account the role Service Account Key Admin "
                + "(`roles/iam.serviceAccountKeyAdmin`) on itself, or this home ends it: \(byHand)"
        case "FAILED_PRECONDITION":
            "whoever runs the project at `\(record.provider)` allows keys to be uploaded, or deletes one of the account's ten "
                + "keys; or this home ends it: \(byHand)"
        case RotationStop.oldLeft:
            "delete the one before there by hand; then begin anew: `deputy connections rotate \(record.id) --every 90d "
                + "--automatic`"
        case _: "it is tried again by itself; if that doesn't help, end it: \(byHand)"
        }
    }
}

extension ConnectionRecord {
    /// The command that makes a connection like this one.
    fileprivate var wayBack: String {
        let (flag, subject) =
            switch owner {
            case .person(let person): ("--person \(person)", "")
            case .agent(let agent): ("--agent \(agent)", " --subject ADDRESS")
            case .organization: ("--organization", "")
            }
        return switch kind {
        case ConnectionDesk.grantKind: "`deputy connections connect \(provider) \(flag)`"
        case OwnGrant.ourselvesKind: "`deputy connections add \(provider) \(flag) --client-credentials`"
        case OwnGrant.accountKind: "`deputy connections add \(provider) \(flag) --service-account FILE`"
        case OwnGrant.assertedKind: "`deputy connections add \(provider) \(flag) --assertion\(subject)`"
        case _: "`deputy connections add \(provider) \(flag)`"
        }
    }
}
