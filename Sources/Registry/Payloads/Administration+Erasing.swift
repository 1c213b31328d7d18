public import Authority
public import Gate
import Wire

/// What an erasure destroyed.
public struct Erasure: Sendable, Hashable {
    public let calls: Int
    public let approvals: Int
}

/// What the calls of a guest left behind.
public struct GuestCalls: Sendable, Hashable {
    public let count: Int
    public let payloads: [String]
    public let approvals: [ApprovalID]
    /// How long the ledger was when it was looked through.
    public let before: Int64
}

extension Administration {
    private static let batch = 1_000
    private static let most = 5_000

    /// Destroys what a person's calls were given and what came back, with the keys of the digests in their leaves: nobody
    /// can tell any more what a leaf committed to, and every proof still holds. Leaves keep the person's id; a removed
    /// person's name, address and ids at providers go too.
    ///
    /// Only for who can do nothing any more, so that nothing is added meanwhile.
    public func erasePerson(
        _ id: PersonID, by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) -> Erasure {
        let unmoved = await readings(of: [.person(organization, id)])
        let person = try await requirePerson(id, in: organization)
        guard person.standing != .active else {
            throw RegistryError(
                .refused, "`\(id)` can still make calls",
                hint: "first `deputy people suspend \(id)`, or `deputy people offboard \(id)` for good")
        }
        let tree = TreeID.organization(organization)
        let (trace, size) = try await trace(of: .person(id), in: tree)
        guard trace.open.isEmpty else {
            throw RegistryError(
                .refused, "a call of `\(id)` is under way", hint: "repeat it when that has ended")
        }
        let payloads = trace.payloads
        var rest = payloads[...]
        // The leaf comes with the last of them: it never says more than was done.
        while rest.count > Administration.most {
            try await commit(
                Transaction(
                    requires: unmoved, changes: [ErasureChange.payloads(Array(rest.prefix(Administration.most)))]))
            rest = rest.dropFirst(Administration.most)
        }
        var changes: [any StoredChange] = [
            ErasureChange.payloads(Array(rest)),
            ErasureChange.approvals(trace.approvals.sorted().map { ApprovalID($0) }),
            ErasureChange.notices(organization, id), ErasureChange.words(organization, id),
        ]
        if person.standing == .removed {
            changes.append(
                RegistryChange.replacePerson(
                    PersonRecord(
                        id: id, organization: organization, name: id.raw, email: "\(id)@erased.invalid", subjects: [:],
                        standing: .removed)))
        }
        try await commit(
            Transaction(
                requires: unmoved, bumps: [.person(organization, id)], changes: changes,
                leaves: [
                    try leaf(
                        [
                            "change": "payloads.erased", "by": .string(administrator.text), "person": .string(id.raw),
                            "before": .number(JSONNumber(size)), "calls": .number(JSONNumber(trace.calls.count)),
                        ], in: organization)
                ]))
        return Erasure(calls: trace.calls.count, approvals: trace.approvals.count)
    }

    /// The calls of a guest, whose payloads are to go with their words.
    ///
    /// - Throws: `refused` while one of them is under way.
    public func calls(
        ofGuest sender: SenderID, in organization: OrganizationID
    ) async throws(RegistryError) -> GuestCalls {
        let (trace, size) = try await trace(of: .guest(sender), in: .organization(organization))
        guard trace.open.isEmpty else {
            throw RegistryError(
                .refused, "a call of `\(sender)` is under way", hint: "repeat it when that has ended")
        }
        return GuestCalls(
            count: trace.calls.count, payloads: trace.payloads,
            approvals: trace.approvals.sorted().map { ApprovalID($0) }, before: size)
    }

    private func trace(
        of requester: Requester, in tree: TreeID
    ) async throws(RegistryError) -> (PersonTrace, size: Int64) {
        try await read {
            let size = try await store.head(of: tree).size
            var trace = PersonTrace(of: requester)
            var next: Int64 = 0
            while next < size {
                let batch = try await store.records(
                    of: tree, from: next, limit: Int(min(Int64(Administration.batch), size - next)))
                if batch.isEmpty { break }
                for record in batch { try trace.take(record.bytes) }
                next += Int64(batch.count)
            }
            return (trace, size)
        }
    }
}
