public import Authority

/// Who wrote, as surely as the channel knows.
public enum Sender: Sendable, Hashable {
    /// Signed in to Deputy.
    case person(PersonID)
    /// Known to the channel by an immutable id. A person only by a proven link.
    case external(SenderID, SenderStanding)
}

/// What the channel says of a sender.
public struct SenderStanding: Sendable, Hashable {
    public enum Proof: String, Sendable, CaseIterable {
        /// The platform signed what it says.
        case platform
        /// A mail whose visible sender's domain vouches for it (RFC 7489 section 3.1: aligned DMARC).
        case aligned
        /// Anybody could have written this name.
        case none
    }

    public let proof: Proof
    public let isBot: Bool
    /// A guest of the workspace, or a member of another one that shares the channel.
    public let isForeign: Bool

    public init(proof: Proof, isBot: Bool = false, isForeign: Bool = false) {
        self.proof = proof
        self.isBot = isBot
        self.isForeign = isForeign
    }
}
