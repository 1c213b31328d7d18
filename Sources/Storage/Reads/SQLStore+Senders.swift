public import Authority
public import Gate
public import Turns
public import Wire

extension SQLStore: SenderStore {
    private static let oneLink = Query("SELECT * FROM sender_links WHERE organization = $1 AND sender = $2")
    private static let allLinks = Query("SELECT * FROM sender_links WHERE organization = $1 ORDER BY sender")
    private static let severed = Query("SELECT sender FROM severed_senders WHERE organization = $1 AND sender = $2")
    private static let offerByHash = Query("SELECT * FROM sender_offers WHERE hash = $1")
    private static let offerTo = Query("SELECT * FROM sender_offers WHERE organization = $1 AND sender = $2")

    public func senderLink(_ sender: SenderID, in organization: OrganizationID) async throws -> SenderLink? {
        try await row(SQLStore.oneLink, [organization.raw, sender.raw]).map(SenderLink.init(row:))
    }

    public func senderLinks(in organization: OrganizationID) async throws -> [SenderLink] {
        try await rows(SQLStore.allLinks, [organization.raw]).map(SenderLink.init(row:))
    }

    public func isSevered(_ sender: SenderID, in organization: OrganizationID) async throws -> Bool {
        try await row(SQLStore.severed, [organization.raw, sender.raw]) != nil
    }

    public func words(of sender: SenderID, in organization: OrganizationID) async throws -> SenderWords {
        try await row(SenderWords.count, [organization.raw, sender.raw]).map(SenderWords.init(row:))
            ?? SenderWords(messages: 0, answers: 0)
    }

    public func senderOffer(_ hash: Digest) async throws -> SenderOffer? {
        try await row(SQLStore.offerByHash, [hash.bytes]).map(SenderOffer.init(row:))
    }

    public func senderOffer(to sender: SenderID, in organization: OrganizationID) async throws -> SenderOffer? {
        try await row(SQLStore.offerTo, [organization.raw, sender.raw]).map(SenderOffer.init(row:))
    }
}

extension SenderLink {
    fileprivate init(row: Row) throws {
        guard let proof = Proof(rawValue: try row["proof"]) else {
            throw StorageError(.corrupt, "who a sender is can't be read")
        }
        try self.init(
            organization: OrganizationID(row["organization"]), sender: SenderID(row["sender"]),
            person: PersonID(row["person"]), proof: proof, by: row["linked_by"],
            at: Timestamp(microseconds: row["at"]))
    }
}

extension SenderOffer {
    fileprivate init(row: Row) throws {
        guard let hash = Digest(bytes: try row["hash"] as [UInt8]) else {
            throw StorageError(.corrupt, "a link to a sender can't be read")
        }
        try self.init(
            organization: OrganizationID(row["organization"]), sender: SenderID(row["sender"]), hash: hash,
            made: Timestamp(microseconds: row["made"]), expires: Timestamp(microseconds: row["expires"]))
    }
}
