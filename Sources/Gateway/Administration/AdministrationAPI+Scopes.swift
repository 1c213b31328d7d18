import Authority
import Broker
import Gate
import Registry
import Wire

extension AdministrationAPI {
    private static let defaultDays: Int64 = 90

    /// `GET /v1/connections/unused-scopes?days=90`: what connections may do and weren't used for, with the agents and tools
    /// that could still ask for it.
    func showUnusedScopes(_ query: [String: String]) async throws -> JSON {
        let days = query["days"].map { Int64($0) } ?? AdministrationAPI.defaultDays
        guard let days, (1...3_650).contains(days) else {
            throw BodyError(message: "`days` isn't a number of days", hint: "from 1 to 3650")
        }
        let specs = Dictionary(shelf.catalogue.tools.map { ($0.name, $0) }) { first, _ in first }
        let found = try await desk.unusedScopes(in: organization, days: days, uses: uses) { specs[$0]?.scopes }
        let agents = try await administration.agents(in: organization)
        let now = world.now()
        return [
            "days": .number(JSONNumber(days)),
            "connections": .array(
                found.map { unused in
                    let observed = (now.microseconds - unused.since.microseconds) / 86_400_000_000
                    return [
                        "id": .string(unused.connection.id.raw), "provider": .string(unused.connection.provider.raw),
                        "owner": .string(unused.connection.owner.text),
                        "since": .number(JSONNumber(unused.since.microseconds)),
                        "observed_days": .number(JSONNumber(observed)), "is_conclusive": .bool(observed >= days),
                        "unused": .array(
                            unused.scopes.map { scope in
                                [
                                    "scope": .string(scope),
                                    "asked_for_by": askers(scope, unused.connection, agents, specs),
                                ]
                            }),
                        "next_step": .string(wayOut(unused, agents, specs)),
                    ]
                }),
        ]
    }

    private func askers(
        _ scope: String, _ connection: ConnectionRecord, _ agents: [AgentView], _ specs: [String: ToolSpec]
    ) -> JSON {
        .array(
            agents.flatMap { agent in
                asking(for: [scope], connection, agent, specs).map { tool in
                    ["agent": .string(agent.record.id.raw), "tool": .string(tool)]
                }
            })
    }

    /// The tools of an agent that go through this connection, or could, and need one of the scopes.
    private func asking(
        for scopes: Set<String>, _ connection: ConnectionRecord, _ agent: AgentView, _ specs: [String: ToolSpec]
    ) -> [String] {
        let owner: SlotOwner
        switch connection.owner {
        case .agent(let own):
            guard own == agent.record.id else { return [] }
            owner = .agent
        case .person: owner = .person
        case .organization: return []
        }
        guard agent.definition.slots.contains(Slot(provider: connection.provider, owner: owner)) else { return [] }
        return agent.tools.filter { name in
            specs[name].map { $0.provider == connection.provider && !$0.scopes.isDisjoint(with: scopes) } ?? false
        }
    }

    /// A new grant asks for what the tools need that agents may call, and keeps what the one before had: so that one ends
    /// first.
    private func wayOut(_ unused: UnusedScopes, _ agents: [AgentView], _ specs: [String: ToolSpec]) -> String {
        let asking = agents.flatMap { agent in
            self.asking(for: Set(unused.scopes), unused.connection, agent, specs).map {
                "`\($0)` of `\(agent.record.id)`"
            }
        }
        let again = "revoke it (`deputy connections revoke \(unused.connection.id)`) and connect anew"
        guard !asking.isEmpty else { return again + ": nothing asks for them any more" }
        let named = asking.prefix(5).joined(separator: ", ") + (asking.count > 5 ? " and others" : "")
        return "deny the tools that ask for them (\(named)); then " + again
    }
}
