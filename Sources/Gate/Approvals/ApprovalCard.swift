public import Authority
public import Wire

/// What an approver is shown of a call: drawn from the call itself, never from what a model says of it.
public struct ApprovalCard: Sendable {
    public struct Argument: Sendable {
        public let name: String
        /// Nil for an argument whose role nobody gave.
        public let role: Role?
        public let value: JSON
    }

    public struct Destination: Sendable {
        /// A person's id, or the address as the call names it.
        public let text: String
        public let isOutside: Bool
    }

    /// Why nobody can approve a call that waits. It can be denied all the same.
    public enum Obstacle: Sendable, Hashable {
        /// The tool isn't there: in quarantine, or gone.
        case toolMissing
        /// The call isn't one that the agent can make any more.
        case notPossible
    }

    public let approval: Approval
    public let title: String
    public let destinations: [Destination]
    /// Destinations first, then as the call gives them.
    public let arguments: [Argument]
    /// The upstream account, as its provider calls it.
    public let account: String?
    public let accountOwner: Owner?
    public let provider: ProviderID
    /// Why somebody has to agree, as of now. Empty once it is decided.
    public let findings: [Finding]
    /// Why it can't be approved now; nil when it can, and once it is decided.
    public let obstacle: Obstacle?
    /// What the session has seen.
    public let labels: Labels
    /// The agent's own title for whoever doesn't know it, and its kind.
    public let actsAs: ActsAs?
}
