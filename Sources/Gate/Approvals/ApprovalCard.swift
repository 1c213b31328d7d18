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
    /// What the session has seen.
    public let labels: Labels
    /// The agent's own title for whoever doesn't know it, and its kind.
    public let actsAs: ActsAs?
}
