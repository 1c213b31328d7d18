public import Authority
import Definition
import Gate
import Wire

/// For how many days what was said is kept.
public struct TranscriptKeeping: Sendable, Hashable {
    /// Of agents whose definition says nothing; nil for as long as nobody erases it.
    public let days: Int?
    /// What definitions say.
    public let agents: [AgentID: Int]

    public init(days: Int?, agents: [AgentID: Int]) {
        self.days = days
        self.agents = agents
    }
}

extension Administration {
    static let transcriptsDocument = "retention"

    public func transcriptKeeping(in organization: OrganizationID) async throws(RegistryError) -> TranscriptKeeping {
        let agents = try await read { try await store.agents(in: organization) }
        return TranscriptKeeping(
            days: try await transcriptDays(in: organization),
            agents: agents.reduce(into: [:]) { $0[$1.id] = TranscriptDays.days(of: $1.definition) })
    }

    /// The organization's own; nil when nothing was said.
    func transcriptDays(in organization: OrganizationID) async throws(RegistryError) -> Int? {
        guard
            let stored = try await read({
                try await store.document(Administration.transcriptsDocument, in: organization)
            })
        else { return nil }
        return TranscriptDays.days(in: stored)
    }

    /// - Parameters:
    ///   - days: nil for as long as nobody erases it, and of an agent for as long as its organization says.
    ///   - agent: nil for all whose definition says nothing.
    /// - Throws: `invalid` for days that can't be.
    public func keepTranscripts(
        days: Int?, of agent: AgentID?, by administrator: Administrator, in organization: OrganizationID
    ) async throws(RegistryError) {
        if let days, !(1...Int(TranscriptDays.longest)).contains(days) {
            throw RegistryError(.invalid, "what is said can't be kept for \(days) days")
        }
        if let agent {
            _ = try await editAgent(
                agent, changes: [:], about: [TranscriptDays.key: days.map(TranscriptDays.json) ?? .null],
                by: administrator, in: organization)
            return
        }
        try await commit(
            Transaction(
                changes: [Administration.keeping(days, in: organization)],
                leaves: [
                    try leaf(
                        [
                            "change": "retention.set", "by": .string(administrator.text),
                            "days": days.map { .number(JSONNumber($0)) } ?? .null,
                        ], in: organization)
                ]))
    }

    static func keeping(_ days: Int?, in organization: OrganizationID) -> RegistryChange {
        .setDocument(organization, transcriptsDocument, days.map(TranscriptDays.json) ?? [:])
    }
}
