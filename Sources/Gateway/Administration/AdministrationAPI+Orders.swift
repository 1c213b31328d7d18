import Authority
import Definition
import Registry
import Wire

extension AdministrationAPI {
    func showOrders(of agent: AgentID) async throws -> JSON {
        _ = try await administration.agent(agent, in: organization)
        guard let book = try await administration.orders(of: agent, in: organization) else {
            return ["agent": .string(agent.raw), "orders": []]
        }
        return json(book, of: agent)
    }

    /// From the workspace of this gateway.
    func takeOrders(of agent: AgentID) async throws -> JSON {
        let text = workspaces.read(agent)[StandingOrders.file] ?? ""
        return json(
            try await administration.takeOrders(of: agent, from: text, by: administrator, in: organization), of: agent)
    }

    private func json(_ book: OrderBook, of agent: AgentID) -> JSON {
        let current = StandingOrders.revision(in: workspaces.read(agent)[StandingOrders.file])
        var object = book.json.objectValue ?? [:]
        object["agent"] = .string(agent.raw)
        object["edited"] = .bool(current != book.revision)
        return .object(object)
    }
}
