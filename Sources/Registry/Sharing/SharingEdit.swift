import Authority
import Gate
import Wire

/// One change of groups or shares, as it grows: committed only if no other came between its reading and its commit.
struct SharingEdit {
    let organization: OrganizationID
    var transaction: Transaction
    /// The people whose decisions have to be made anew.
    private(set) var affected: Set<PersonID>

    /// Made before anything is read.
    init(
        _ administration: Administration, _ organization: OrganizationID, _ changes: [any StoredChange] = [],
        affecting people: Set<PersonID> = []
    ) async {
        self.organization = organization
        let scope = EpochScope.sharing(organization)
        transaction = Transaction(
            requires: [await administration.commits.reading(scope)], bumps: [scope],
            changes: changes)
        affected = people
    }

    func adding(_ changes: [any StoredChange], affecting people: Set<PersonID>) -> SharingEdit {
        var next = self
        next.transaction.changes += changes
        next.affected.formUnion(people)
        return next
    }
}

extension Administration {
    /// Commits the edit with its leaf, and bumps the epochs of everybody whom it concerns.
    func commit(
        _ edit: SharingEdit, _ what: String, _ fields: JSONObject, by administrator: Administrator
    ) async throws(RegistryError) {
        var fields = fields
        fields["change"] = .string(what)
        fields["by"] = .string(administrator.text)
        var transaction = edit.transaction
        transaction.bumps += edit.affected.sorted().map { .person(edit.organization, $0) }
        transaction.leaves.insert(try leaf(fields, in: edit.organization), at: 0)
        try await commit(transaction)
    }

    /// For everybody who loses an agent by this edit: their tokens for it, what they agreed to, their sessions, and what
    /// waits or stands open for them there end in the same commit, each with a leaf.
    func end(
        _ edit: inout SharingEdit, _ people: Set<PersonID>, _ before: Sharing, _ after: Sharing, because reason: String,
        by administrator: Administrator
    ) async throws(RegistryError) {
        let organization = edit.organization
        let shared = Set(before.shares.map(\.agent))
        edit.transaction.requires +=
            await readings(of: shared.map { .agent(organization, $0) } + people.map { .person(organization, $0) })
        let tokens = try await tokens(in: organization)
        var kept = Dictionary(tokens.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        for view in try await agents(in: organization) where shared.contains(view.record.id) {
            let agent = view.record.id
            for person in people.sorted() {
                let had = before.reach(of: person, on: agent)
                guard !after.reach(of: person, on: agent).covers(had), !view.definition.lists(person) else { continue }
                var ended: [String] = []
                // Somebody who may use it in some places alone has no use for a token there.
                for token in tokens where token.person == person && had == .everywhere {
                    guard let now = kept[token.id], now.state != .revoked, now.agents.contains(agent) else { continue }
                    let less = now.without(agent)
                    kept[token.id] = less
                    ended.append(token.id.raw)
                    edit.transaction.changes.append(RegistryChange.replaceToken(less))
                    edit.transaction.bumps.append(.client(token.id))
                }
                edit.transaction.changes += [
                    SharingChange.forgetUse(organization, agent, person),
                    ApprovalChange.void(.use(organization, agent, person), reason: reason),
                ]
                edit.transaction.leaves.append(
                    try leaf(
                        [
                            "change": "use.ended", "by": .string(administrator.text), "agent": .string(agent.raw),
                            "person": .string(person.raw), "because": .string(reason),
                            "tokens": .array(ended.map { .string($0) }),
                        ], in: organization))
            }
        }
    }

    func reading(_ scope: EpochScope) async -> EpochReading { await commits.reading(scope) }
}

extension AgentDefinition {
    /// Whether the definition itself makes this person a user.
    func lists(_ person: PersonID) -> Bool {
        if owner == person || principals.contains(person) { return true }
        return switch users {
        case .everyone: true
        case .only(let people): people.contains(person)
        }
    }
}
