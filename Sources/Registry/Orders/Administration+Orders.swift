public import Authority
import Definition
import Gate
import Wire

extension Administration {
    /// The standing orders of an agent as they were taken; nil when none ever were.
    public func orders(
        of agent: AgentID, in organization: OrganizationID
    ) async throws(RegistryError) -> OrderBook? {
        OrderBook(json: try await read { try await store.document(OrderBook.document(of: agent), in: organization) })
    }

    /// Takes what stands in a delegate's instructions: from then on it is its authority, until the instructions say something
    /// else.
    ///
    /// - Parameter instructions: the text of `AGENTS.md` as it is now.
    /// - Throws: `SourceProblems` with what is wrong in it; `RegistryError` when this agent can have none.
    public func takeOrders(
        of id: AgentID, from instructions: String, by administrator: Administrator, in organization: OrganizationID
    ) async throws -> OrderBook {
        let unmoved = await [reading(.agent(organization, id)), reading(.organization(organization))]
        let view = try await agent(id, in: organization)
        guard view.definition.actsAs == .delegate, view.definition.tier == .three else {
            throw RegistryError(.refused, "`\(id)` isn't a delegate of tier 3", hint: "only those act when nobody asks")
        }
        let block = try StandingOrders.block(in: instructions) ?? ""
        let written = try StandingOrders.read(block)
        let now = world.now()
        var reading = OrderCheck(
            view: view, people: try await people(in: organization), catalogue: shelf.catalogue, now: now)
        let orders = written.compactMap { reading.order($0) }
        guard reading.problems.isEmpty else { throw SourceProblems(reading.problems) }
        let book = OrderBook(
            revision: StandingOrders.revision(of: block), orders: orders, by: administrator.text, at: now)
        try await commit(
            Transaction(
                requires: unmoved, bumps: [.agent(organization, id)],
                changes: [RegistryChange.setDocument(organization, OrderBook.document(of: id), book.json)],
                leaves: [
                    try leaf(
                        [
                            "change": "orders.taken", "by": .string(administrator.text), "agent": .string(id.raw),
                            "revision": .string(book.revision), "orders": .array(orders.map(\.json)),
                        ], in: organization)
                ]))
        return book
    }
}

/// Compares written orders with the agent, its people and its tools.
private struct OrderCheck {
    let view: AgentView
    let people: [PersonRecord]
    let catalogue: ToolCatalogue
    let now: Timestamp
    var problems: [SourceProblem] = []

    private mutating func problem(_ order: WrittenOrder, _ key: String, _ message: String, hint: String? = nil) {
        problems.append(SourceProblem(order.places[key] ?? order.place, message, hint: hint))
    }

    mutating func order(_ written: WrittenOrder) -> StandingOrder? {
        let count = problems.count
        if view.definition.principals != [written.principal] {
            problem(
                written, "principal", "`\(written.principal)` isn't the only principal of `\(view.record.id)`",
                hint: "by itself a delegate acts for the one whom it has")
        }
        var tools: Set<String> = []
        for pattern in written.tools {
            guard let found = catalogue.names(matching: pattern) else {
                problem(
                    written, "tools", "no tool is called `\(pattern)`",
                    hint: suggestion(for: pattern, among: catalogue.tools.map(\.name)))
                continue
            }
            tools.formUnion(found)
        }
        if case .only(let named) = written.recipients {
            let known = people.filter { $0.standing == .active }.map(\.id)
            for person in named.sorted() where !known.contains(person) {
                problem(
                    written, "to", "no person is called `\(person)`",
                    hint: suggestion(for: person.raw, among: known.map(\.raw)))
            }
        }
        if written.until <= now { problem(written, "until", "that time has passed") }
        guard problems.count == count else { return nil }
        return StandingOrder(
            name: written.name, principal: written.principal, tools: tools, effects: written.effects,
            recipients: written.recipients, callsPerDay: written.callsPerDay, until: written.until)
    }
}
