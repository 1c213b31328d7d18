/// A single-use, non-copyable proof that a decision allowed exactly this call, and that the decision and the intent are
/// durable. Only the gate makes one.
public struct Permit: ~Copyable, Sendable {
    public let call: JudgedCall

    init(call: JudgedCall) {
        self.call = call
    }

    /// Ends the permit. What is left can verify, and can't have another effect.
    public consuming func spend() -> Spent {
        Spent(call: call)
    }
}

/// A permit whose effect was attempted.
public struct Spent: ~Copyable, Sendable {
    public let call: JudgedCall

    init(call: JudgedCall) {
        self.call = call
    }
}
