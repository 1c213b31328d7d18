public import Authority
public import Gate
import Ledger
public import Wire

extension SenderDesk {
    private static let tries = 8

    /// Destroys what a sender who is nobody wrote and was told, with their turns and what their calls were given and answered, in
    /// one commit whose leaf says how much that was. Every proof still holds.
    ///
    /// - Parameters:
    ///   - payloads: of their calls.
    ///   - approvals: of their calls. What waits is void.
    ///   - withdrawn: what takes down the cards of these approvals.
    ///   - about: what else the leaf says.
    /// - Throws: `invalid` for what names no sender, `refused` for one who is a person.
    public func erase(
        _ sender: SenderID, payloads: [String], approvals: [ApprovalID],
        withdrawn: @Sendable () async throws -> [any StoredChange], about: JSONObject,
        by administrator: String, in organization: OrganizationID
    ) async throws(TurnsError) -> SenderWords {
        try SenderDesk.check(sender)
        for _ in 0..<SenderDesk.tries {
            if let link = try await read({ try await store.senderLink(sender, in: organization) }) {
                throw TurnsError(
                    .refused, "`\(sender)` is `\(link.person)`, whose words go with the person's",
                    hint: "`deputy people erase \(link.person)`, once they are suspended or left")
            }
            let words = try await read { try await store.words(of: sender, in: organization) }
            var fields = about
            fields["change"] = "sender.erased"
            fields["by"] = .string(administrator)
            fields["sender"] = .string(sender.raw)
            fields["messages"] = .number(JSONNumber(words.messages))
            fields["answers"] = .number(JSONNumber(words.answers))
            let withdrawals = try await read { try await withdrawn() }
            let leaf: Leaf
            do throws(LedgerError) {
                leaf = try Leaf(kind: .authority, time: world.now().microseconds, fields: fields)
            } catch {
                throw TurnsError(.invalid, "the change is too large to be recorded")
            }
            do throws(CommitError) {
                try await commits.commit(
                    Transaction(
                        changes: [
                            ApprovalChange.void(
                                .guest(organization, sender), reason: "whoever asked was erased")
                        ] + withdrawals + [
                            ErasureChange.sender(organization, sender.raw, words), ErasureChange.payloads(payloads),
                            ErasureChange.approvals(approvals),
                        ], leaves: [PlacedLeaf(leaf, in: .organization(organization))]))
                return words
            } catch {
                // Somebody wrote or was told something just now, or they became a person.
                guard case .exists = error else { throw TurnsError(error) }
            }
        }
        throw .crossed
    }
}
