import Authority
import Broker
import Gate
import Logging
import Turns
import Twins
import Vault
import Wire

@testable import Storage

/// Two people with one agent, and its clone, over a real store with sealed words.
struct MemoryStage {
    let store: SQLStore
    let gate: ActionGate
    let desk: MemoryDesk
    let keys: KeyRing

    static let people = [PersonID("alice"), PersonID("bob")]

    init(_ store: SQLStore, keys: KeyRing) throws {
        self.store = store
        self.keys = keys
        let world = FakeWorld().world
        let sealing = SealedPayloads(keys: keys)
        desk = MemoryDesk(
            store: store, commits: store, payloads: PayloadKeeper(sealing: sealing, store: store), world: world)
        let shelf = ToolShelf(MemoryTools.all(desk))
        gate = ActionGate(
            shelf: LiveShelf(shelf), facts: MemoryFacts(shelf: shelf, store: store), connections: NoConnections(),
            sessions: store, budgets: store, commits: store, upstream: FakeUpstream(), approvals: store,
            payloads: store, sealing: sealing, world: world,
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    func call(
        _ tool: String, _ arguments: JSONObject, as person: PersonID, with client: String = "c",
        of agent: String = "helper"
    ) async -> Answer {
        await gate.perform(
            ToolCallRequest(
                organization: Rows.acme, agent: AgentID(agent), requester: .person(person), client: ClientID(client),
                trigger: .call, tool: tool, arguments: arguments))
    }

    /// Everything that the gate tells this person of a memory, by every query that there is, in one text.
    func told(_ person: PersonID, with client: String = "c", of agent: String = "helper") async -> String {
        var told = ""
        for query in ["", "canary", "CANARY cerulean vermilion", "alice bob"] {
            let answer = await call(
                "memory.search", ["query": .string(query), "limit": 50], as: person, with: client, of: agent)
            guard case .done(_, let result) = answer else { return "(the search failed: \(answer))" }
            told += result.text
        }
        return told
    }

    static func canary(of person: PersonID) -> String {
        person.raw == "alice" ? "canary-of-alice cerulean" : "canary-of-bob vermilion"
    }

    /// Both tell the agent something, for themselves and for the conversation.
    func plant() async -> Bool {
        for person in MemoryStage.people {
            for kind in ["person", "conversation"] {
                let answer = await call(
                    "memory.remember",
                    ["text": .string("\(MemoryStage.canary(of: person)) \(kind)"), "for": .string(kind)],
                    as: person)
                guard case .done = answer else { return false }
            }
        }
        return true
    }

    /// Whose canaries this person is told, by every way.
    func leaks(to person: PersonID) async -> Set<PersonID> {
        var told = ""
        for client in ["c", "d"] { told += await self.told(person, with: client) }
        return Set(MemoryStage.people.filter { told.contains(MemoryStage.canary(of: $0)) })
    }
}

private struct MemoryFacts: Facts {
    let shelf: ToolShelf
    let store: SQLStore

    func facts(for request: ToolCallRequest) async throws -> AuthorityFacts? {
        var definition = AgentDefinition(
            organization: Rows.acme, agent: request.agent, owner: MemoryStage.people[0])
        definition.actsAs = .assistant
        definition.users = .everyone
        definition.tools = ["memory.*"]
        let mandate = try Mandate(compiling: definition, with: shelf.catalogue)
        var scopes: [EpochScope] = [.agent(Rows.acme, request.agent)]
        if let person = request.requester.person { scopes.append(.person(Rows.acme, person)) }
        return AuthorityFacts(
            mandate: mandate, definition: .sha256(of: []), standing: StandingFacts(),
            client: ClientFacts(ceiling: .all, agents: [request.agent]), subjects: [:], agreed: mandate.capabilities,
            directory: KnownDirectory(peopleByAddress: [:], active: Set(MemoryStage.people)),
            epochs: await store.readings(of: scopes))
    }
}

private struct NoConnections: ConnectionSource {
    func connections(
        of owner: Owner, at provider: ProviderID, in organization: OrganizationID
    ) async throws -> FoundConnections {
        let scope = EpochScope.connections(organization, owner, provider)
        return FoundConnections(connections: [], epoch: EpochReading(scope: scope, value: 0))
    }

    func wasRefused(_ use: ConnectionUse) async -> Bool { false }
}
