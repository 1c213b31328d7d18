/// Mistakes that the simulation makes on purpose, in its own wrappers, to show that it finds them.
public enum PlantedBug: String, Sendable, CaseIterable {
    /// The approval is spent in a commit of its own, after the intent's.
    case approvalOutsideCommit = "approval-outside-commit"
    /// The outcome's commit answers before it is durable.
    case answerBeforeOutcome = "answer-before-outcome"
    /// Epochs are compared when the commit is asked for, not in it.
    case epochBeforeCommit = "epoch-before-commit"
    /// An effect whose answer got lost is sent again.
    case retryOfUnknown = "retry-of-unknown"
    /// The labels that an answer brings become durable after it.
    case labelsAfterAnswer = "labels-after-answer"
    /// A budget is compared when the commit is asked for, not in it.
    case budgetBeforeCommit = "budget-before-commit"
    /// A gateway's lease is looked at when the commit is asked for, not in it.
    case leaseBeforeCommit = "lease-before-commit"
    /// A crash leaves a part of a transaction behind.
    case tornTransaction = "torn-transaction"
    /// The credential of another owner at the same provider is used.
    case otherCredential = "other-credential"
}

extension PlantedBug {
    /// What a run does more of, so that a mistake shows that seldom has an occasion.
    var pursued: FaultPoint? {
        switch self {
        // Gateways that hang and are taken over from.
        case .leaseBeforeCommit: FaultPoint(.commit, .takingOver, .slow)
        // Calls that nobody has to agree to.
        case .budgetBeforeCommit: FaultPoint(.submit, .sent, .error)
        case .approvalOutsideCommit: FaultPoint(.approvals, .agreed, .slow)
        case .answerBeforeOutcome, .epochBeforeCommit, .retryOfUnknown, .labelsAfterAnswer, .tornTransaction,
            .otherCredential:
            nil
        }
    }
}
