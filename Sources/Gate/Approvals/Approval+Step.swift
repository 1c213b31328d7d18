public import Authority

/// One step of an approval. Each is taken from one state alone, inside a commit: of two who come at once, the second
/// finds it taken.
public enum ApprovalStep: Sendable, Hashable {
    case agree(PersonID)
    case deny(PersonID, reason: String)
    case replace(by: ApprovalID, editor: PersonID)
    case expire
    case void(String)
    case spend(CallID)
    case answer
    case deliver
}

extension Approval {
    /// The approval after the step.
    ///
    /// - Throws: `CommitError.approval` when it isn't in a state that the step is taken from.
    public func after(_ step: ApprovalStep) throws(CommitError) -> Approval {
        var next = self
        switch (step, state) {
        case (.agree(let person), .waiting):
            next.yes.insert(person)
            if next.isAgreed { next.state = .approved }
        case (.deny(let person, let reason), .waiting): next.state = .denied(by: person, reason: reason)
        case (.replace(let other, let editor), .waiting): next.state = .replaced(by: other, editor: editor)
        case (.expire, .waiting), (.expire, .approved): next.state = .expired
        case (.void(let reason), .waiting), (.void(let reason), .approved): next.state = .void(reason)
        case (.spend(let call), .approved): next.state = .spent(call)
        case (.answer, .spent(let call)): next.state = .answered(call)
        case (.deliver, .answered(let call)): next.state = .delivered(call)
        case (.agree, _), (.deny, _), (.replace, _), (.expire, _), (.void, _), (.spend, _), (.answer, _),
            (.deliver, _):
            throw .approval(id, state.name)
        }
        return next
    }
}
