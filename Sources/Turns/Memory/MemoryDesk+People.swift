public import Authority
public import Gate

/// What people see and change themselves. Who may change the agent's own memory is the caller's to judge; what that stands on
/// is compared in the commit.
extension MemoryDesk {
    /// What agents remember of this person, by agent, what changed last first.
    public func told(
        by person: PersonID, in organization: OrganizationID, limit: Int = 1_000
    ) async throws -> [RecalledMemory] {
        try await opened(try await store.memories(about: person, in: organization, limit: limit), for: person)
    }

    /// The agent's own.
    public func own(
        of agent: AgentID, for person: PersonID, in organization: OrganizationID
    ) async throws -> [RecalledMemory] {
        let place = MemoryPlace(.agent, of: agent, in: organization)
        return try await opened(try await store.memories(at: place, with: [], limit: MemoryDesk.most), for: person)
    }

    /// One of ``told(by:in:limit:)``.
    ///
    /// - Throws: `TurnsError` when it isn't this person's, or isn't there.
    public func entry(_ id: MemoryID, of person: PersonID, in organization: OrganizationID) async throws -> MemoryEntry
    {
        guard let entry = try await store.memory(id, about: person, in: organization) else { throw MemoryDesk.gone }
        return entry
    }

    /// One of ``own(of:for:in:)``.
    public func entry(_ id: MemoryID, of agent: AgentID, in organization: OrganizationID) async throws -> MemoryEntry {
        let place = MemoryPlace(.agent, of: agent, in: organization)
        guard let entry = try await store.memory(id, at: place) else { throw MemoryDesk.gone }
        return entry
    }

    /// Puts other words in its place, unless it isn't in this version any more. Its labels stay: who rewrites an outsider's
    /// sentence has read it.
    public func correct(
        _ entry: MemoryEntry, in version: Int, to text: String, by person: PersonID, under unmoved: [EpochReading]
    ) async throws {
        guard entry.version == version else { throw MemoryDesk.crossed }
        try await translated { try await correct(entry, to: text, by: person, under: unmoved) }
    }

    public func forget(
        _ entry: MemoryEntry, in version: Int, by person: PersonID, under unmoved: [EpochReading]
    ) async throws {
        guard entry.version == version else { throw MemoryDesk.crossed }
        try await translated { try await forget(entry, by: person, under: unmoved) }
    }

    /// Adds to the agent's own memory, by hand.
    ///
    /// - Parameter name: equal for each attempt to write the same.
    public func teach(
        _ text: String, named name: String, to agent: AgentID, by person: PersonID, in organization: OrganizationID,
        under unmoved: [EpochReading]
    ) async throws {
        let labels = Labels(integrity: .agentDocuments, readers: .organization)
        try await translated {
            do {
                _ = try await add(
                    text, as: MemoryID("mem_\(person)_\(name)"), at: MemoryPlace(.agent, of: agent, in: organization),
                    by: person, source: MemoryEntry.byHand, labels, under: unmoved)
            } catch CommitError.exists {
                // Sent twice.
            }
        }
    }

    private static let crossed = TurnsError(.refused, "it was changed meanwhile", hint: "look at it again")

    private func opened(_ entries: [MemoryEntry], for person: PersonID) async throws -> [RecalledMemory] {
        var told: [RecalledMemory] = []
        for entry in entries {
            guard let labels = entry.labels(for: person),
                let text = try await text(of: entry)
            else { continue }
            told.append(RecalledMemory(entry: entry, text: text, labels: labels))
        }
        return told
    }

    private func translated(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch CommitError.exists {
            throw MemoryDesk.crossed
        } catch let error as CommitError {
            throw TurnsError(error)
        }
    }
}
