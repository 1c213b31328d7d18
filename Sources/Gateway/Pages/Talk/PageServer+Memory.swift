import Authority
import Console
import Gate
import HTTPTypes
import Hummingbird
import Registry
import Turns
import Wire

/// What agents remember: a person's own, and the agent's own for who was given the right to edit it.
extension PageServer {
    func addMemory(to router: Router<GatewayContext>) {
        get("/memory", router, memory)
        post("/memory/entries/:id/correct", router, correctMemory)
        post("/memory/entries/:id/forget", router, forgetMemory)
        get("/memory/agents/:id", router, ownMemory)
        post("/memory/agents/:id", router, teach)
        post("/memory/own/:id/correct", router, correctOwn)
        post("/memory/own/:id/forget", router, forgetOwn)
    }

    @Sendable private func memory(_ visit: Visit) async throws -> Response {
        if visit.isForTerminal {
            return json(
                list(
                    try await desks.memory.told(
                        by: visit.person, in: visit.organization, limit: PageServer.mostRemembered)), .ok)
        }
        let told = try await desks.memory.told(by: visit.person, in: visit.organization)
        let agents = Dictionary(grouping: told, by: \.entry.place.agent).sorted { $0.key < $1.key }.map { agent, told in
            MemoryView.Agent(
                name: agent.raw,
                entries: told.map { row($0, "/memory/entries/\(PercentEncoding.encode($0.entry.id.raw))") })
        }
        let editable = try await desks.administration.agents(editedInMemoryBy: visit.person, in: visit.organization)
        return page(
            MemoryView(
                agents: agents,
                editable: editable.map {
                    MemoryView.Editable(name: $0.raw, path: "/memory/agents/\(PercentEncoding.encode($0.raw))")
                }), visit, place: "memory", notice: notice(visit.query["done"]))
    }

    @Sendable private func ownMemory(_ visit: Visit) async throws -> Response {
        let agent = AgentID(visit.parameter)
        _ = try await mayEdit(agent, visit)
        let own = try await desks.memory.own(of: agent, for: visit.person, in: visit.organization)
        if visit.isForTerminal { return json(list(own), .ok) }
        let rows = own.map {
            row($0, "/memory/own/\(PercentEncoding.encode("\(agent).\($0.entry.id)"))")
        }
        return page(
            OwnMemoryView(
                agent: agent.raw, path: path(of: agent), entries: rows, event: Hex.encode(randomBytes(12)),
                longest: MemoryDesk.longest), visit, place: "memory", notice: notice(visit.query["done"]))
    }

    @Sendable private func correctMemory(_ visit: Visit) async throws -> Response {
        let unmoved = try await desks.administration.stillThere(visit.person, in: visit.organization)
        let entry = try await desks.memory.entry(MemoryID(visit.parameter), of: visit.person, in: visit.organization)
        try await desks.memory.correct(
            entry, in: version(visit), to: text(visit), by: visit.person, under: unmoved)
        return done("corrected", entry, "/memory", visit)
    }

    @Sendable private func forgetMemory(_ visit: Visit) async throws -> Response {
        let unmoved = try await desks.administration.stillThere(visit.person, in: visit.organization)
        let entry = try await desks.memory.entry(MemoryID(visit.parameter), of: visit.person, in: visit.organization)
        try await desks.memory.forget(entry, in: version(visit), by: visit.person, under: unmoved)
        return done("forgotten", entry, "/memory", visit)
    }

    @Sendable private func teach(_ visit: Visit) async throws -> Response {
        let agent = AgentID(visit.parameter)
        let unmoved = try await mayEdit(agent, visit)
        guard let event = visit.form["event"], (1...64).contains(event.utf8.count) else { throw PageRefusal.foreign }
        try await desks.memory.teach(
            text(visit), named: event, to: agent, by: visit.person, in: visit.organization, under: unmoved)
        return redirect(to: path(of: agent) + "?done=added")
    }

    @Sendable private func correctOwn(_ visit: Visit) async throws -> Response {
        let (agent, entry, unmoved) = try await own(visit)
        try await desks.memory.correct(entry, in: version(visit), to: text(visit), by: visit.person, under: unmoved)
        return done("corrected", entry, path(of: agent), visit)
    }

    @Sendable private func forgetOwn(_ visit: Visit) async throws -> Response {
        let (agent, entry, unmoved) = try await own(visit)
        try await desks.memory.forget(entry, in: version(visit), by: visit.person, under: unmoved)
        return done("forgotten", entry, path(of: agent), visit)
    }

    private func done(_ what: String, _ entry: MemoryEntry, _ path: String, _ visit: Visit) -> Response {
        guard visit.isForTerminal else { return redirect(to: "\(path)?done=\(what)") }
        return json(["id": .string(entry.id.raw), "done": .string(what)], .ok)
    }

    private static let mostRemembered = 100_000

    private func list(_ memories: [RecalledMemory]) -> JSON { ["memories": .array(memories.map(\.json))] }

    /// An entry of an agent's own memory, for who may edit it.
    private func own(_ visit: Visit) async throws -> (AgentID, MemoryEntry, [EpochReading]) {
        let parts = visit.parameter.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { throw PageRefusal.notFound }
        let agent = AgentID(parts[0])
        let unmoved = try await mayEdit(agent, visit)
        return (agent, try await desks.memory.entry(MemoryID(parts[1]), of: agent, in: visit.organization), unmoved)
    }

    private func mayEdit(_ agent: AgentID, _ visit: Visit) async throws -> [EpochReading] {
        try await desks.administration.requireMemoryEditor(visit.person, of: agent, in: visit.organization)
    }

    private func path(of agent: AgentID) -> String { "/memory/agents/\(PercentEncoding.encode(agent.raw))" }

    private func text(_ visit: Visit) -> String { (visit.form["text"] ?? "").replacing("\r\n", with: "\n") }

    private func version(_ visit: Visit) -> Int { visit.form["version"].flatMap { Int($0) } ?? 0 }

    private func notice(_ done: String?) -> String? {
        switch done {
        case "corrected": "Corrected. It counts from now on."
        case "forgotten": "Forgotten. No agent is told it again."
        case "added": "Added. Whoever uses the agent may be told."
        default: nil
        }
    }

    private func row(_ memory: RecalledMemory, _ path: String) -> MemoryRow {
        let entry = memory.entry
        let by = entry.source == MemoryEntry.byHand ? "by hand" : "in a conversation"
        let writer = entry.about == nil ? entry.writer.map { " of \($0)" } ?? "" : ""
        let changed = entry.version == 1 ? "" : ", corrected \(entry.changed.shown)"
        return MemoryRow(
            path: path, id: entry.id.raw, text: Inert.text(memory.text, keepsLines: true), source: memory.text,
            version: entry.version, kind: entry.place.partition.words,
            about: "Written \(by)\(writer), \(entry.created.shown)\(changed)",
            isOutsiders: entry.labels.integrity == .outsider, longest: MemoryDesk.longest)
    }
}

extension MemoryPartition {
    fileprivate var words: String {
        switch self {
        case .agent: "told to everybody"
        case .person: "told to you, in every conversation"
        case .thread: "told in one conversation"
        }
    }
}
