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
    /// New tokens are given out before they are durable.
    case tokenBeforeCommit = "token-before-commit"
    /// Nobody looks whether somebody else renews the tokens just now.
    case renewalLeaseIgnored = "renewal-lease-ignored"
    /// Whoever begins a renewal doesn't compare whether the tokens are those that they have read.
    case generationNotCompared = "generation-not-compared"
    /// That a renewal was begun isn't found by whoever comes after it.
    case attemptForgotten = "attempt-forgotten"
    /// A cache of tokens knows them by provider and generation, and not by owner.
    case ownerNotInKey = "owner-not-in-key"
}

extension PlantedBug {
    /// Whether it is about tokens, so that a run needs some.
    var isOfTokens: Bool {
        switch self {
        case .tokenBeforeCommit, .renewalLeaseIgnored, .generationNotCompared, .attemptForgotten, .ownerNotInKey: true
        case .approvalOutsideCommit, .answerBeforeOutcome, .epochBeforeCommit, .retryOfUnknown, .labelsAfterAnswer,
            .budgetBeforeCommit, .leaseBeforeCommit, .tornTransaction, .otherCredential:
            false
        }
    }
}

extension PlantedBug {
    /// A fault that a run has all the time, without which a mistake hardly ever shows.
    var occasion: FaultPoint? {
        // Whoever has read tokens takes so long that others renew them meanwhile.
        self == .generationNotCompared ? FaultPoint(.commit, .renewing, .slow) : nil
    }

    /// What a run does more of, so that a mistake shows that seldom has an occasion.
    var pursued: FaultPoint? {
        switch self {
        // Gateways that hang and are taken over from.
        case .leaseBeforeCommit: FaultPoint(.commit, .takingOver, .slow)
        // Calls that nobody has to agree to.
        case .budgetBeforeCommit: FaultPoint(.submit, .sent, .error)
        case .approvalOutsideCommit: FaultPoint(.approvals, .agreed, .slow)
        // Among several gateways.
        case .generationNotCompared: FaultPoint(.commit, .renewing, .slow)
        case .tokenBeforeCommit, .renewalLeaseIgnored, .attemptForgotten, .ownerNotInKey:
            FaultPoint(.tokens, .claimed, .lostRequest)
        case .answerBeforeOutcome, .epochBeforeCommit, .retryOfUnknown, .labelsAfterAnswer, .tornTransaction,
            .otherCredential:
            nil
        }
    }
}
