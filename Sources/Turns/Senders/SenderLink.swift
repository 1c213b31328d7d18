public import Authority
public import Gate
public import Wire

/// Who a sender is, as it was proved.
public struct SenderLink: Sendable, Hashable {
    public enum Proof: String, Sendable, CaseIterable {
        /// The person opened a link that only the sender was sent.
        case link
        /// An administrator said so.
        case assertion
        /// The directory of the channel's own tenant confirmed an address that is this person's alone.
        case directory
        /// The channel's platform signed the person in, and said which member they are there.
        case signIn = "sign-in"
    }

    public let organization: OrganizationID
    public let sender: SenderID
    public let person: PersonID
    public let proof: Proof
    /// Who linked it, as leaves name them.
    public let by: String
    public let at: Timestamp

    public init(
        organization: OrganizationID, sender: SenderID, person: PersonID, proof: Proof, by: String, at: Timestamp
    ) {
        self.organization = organization
        self.sender = sender
        self.person = person
        self.proof = proof
        self.by = by
        self.at = at
    }
}

/// A link that was sent to a sender, and that nobody has used yet. There is one for each sender at the most.
public struct SenderOffer: Sendable, Hashable {
    public let organization: OrganizationID
    public let sender: SenderID
    /// Of the link's secret, which is kept nowhere.
    public let hash: Digest
    public let made: Timestamp
    public let expires: Timestamp

    public init(
        organization: OrganizationID, sender: SenderID, hash: Digest, made: Timestamp, expires: Timestamp
    ) {
        self.organization = organization
        self.sender = sender
        self.hash = hash
        self.made = made
        self.expires = expires
    }
}

/// Who senders are, for reading.
public protocol SenderStore: Sendable {
    func senderLink(_ sender: SenderID, in organization: OrganizationID) async throws -> SenderLink?
    /// By sender.
    func senderLinks(in organization: OrganizationID) async throws -> [SenderLink]
    func senderOffer(_ hash: Digest) async throws -> SenderOffer?
    /// Whether the sender was somebody's who isn't it any more, by their own or an administrator's word. It is nobody's by
    /// itself again.
    func isSevered(_ sender: SenderID, in organization: OrganizationID) async throws -> Bool
    func senderOffer(to sender: SenderID, in organization: OrganizationID) async throws -> SenderOffer?
    /// What there is of a sender's words, but for turns in which they were a person.
    func words(of sender: SenderID, in organization: OrganizationID) async throws -> SenderWords
}

/// What becomes of senders in the store.
public enum SenderChange: StoredChange {
    /// Takes the place of an earlier offer to the same sender.
    case offer(SenderOffer)
    /// Refused as `exists` when there is no such offer any more.
    case take(Digest)
    /// Refused as `exists` when the sender is somebody's already. What was offered to it is void, and it isn't severed any more.
    case link(SenderLink)
    /// Refused as `exists` when it isn't, or no longer, this person's. The sender is severed.
    case unlink(OrganizationID, SenderID, PersonID)
    /// All of a person.
    case unlinkAll(OrganizationID, PersonID)
    /// Forgets offers that expired before this.
    case forget(before: Timestamp)
}
