import Authority
public import Gate
import OAuth
import Wire

/// What a server says that a call lacks (RFC 6750 section 3.1, `insufficient_scope`).
extension ServerDesk: ScopeChallenges {
    /// Keeps what a tool needs, as far as its server may ask for it. More is refused and told: a server decides about its own
    /// permissions, and not about what people are asked for.
    public func challenged(_ lack: ScopeLack, by call: LackingCall) async -> ScopeLesson {
        guard case .challenge(let text) = lack, let challenge = BearerChallenge(text),
            challenge.error == "insufficient_scope"
        else { return .nothing }
        do throws(RegistryError) {
            return try await administration.again { () async throws(RegistryError) in
                try await learn(challenge.scopes, for: call.tool, call.organization)
            }
        } catch {
            return .nothing
        }
    }

    private func learn(
        _ scopes: Set<String>?, for name: String, _ organization: OrganizationID
    ) async throws(RegistryError) -> ScopeLesson {
        let unmoved = await administration.reading(.organization(organization))
        let tool = try await tool(name, in: organization)
        guard let pinned = try await server(tool.server, organization).authorization?.pinned else { return .nothing }
        // One that names none means all that there are.
        let wanted = scopes ?? pinned.most
        let escalated = wanted.subtracting(pinned.most)
        var fields: JSONObject = [
            "by": .string("server:\(tool.server)"), "tool": .string(name),
            "scopes": .array(wanted.sorted().prefix(100).map { .string($0) }),
        ]
        guard escalated.isEmpty else {
            fields["change"] = "server.scopes-refused"
            try await administration.commit(
                Transaction(leaves: [try administration.leaf(fields, in: organization)]))
            let more = escalated.sorted().map { "`\($0)`" }.joined(separator: ", ")
            return .refused(
                ScopeRefusal(
                    "`\(tool.server)` wants \(more), which it didn't name when it was added",
                    wayOut: "an administrator allows it: `deputy servers authorize \(tool.server) --scope …`"))
        }
        // What it needs was known, and the connection has it: asking once more would change nothing.
        guard !wanted.isSubset(of: tool.scopes) else { return .nothing }
        fields["change"] = "server.scopes-needed"
        try await administration.commit(
            Transaction(
                requires: [unmoved], bumps: [.organization(organization)],
                changes: [ServerChange.pin(organization, tool.needing(wanted))],
                leaves: [try administration.leaf(fields, in: organization)]))
        try await load(organization)
        return .learned([])
    }
}
