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
    /// A crash leaves a part of a transaction behind.
    case tornTransaction = "torn-transaction"
    /// The credential of another owner at the same provider is used.
    case otherCredential = "other-credential"
}
