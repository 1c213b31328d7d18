import Gate
import Gateway
import Ledger
import Storage
import Wire

/// What the services must have seen of one step.
struct Expected {
    /// `operation owner status`, in order; nil where any number of them may be.
    let journal: [String]
    /// A word of the answer's text or error kind.
    let answer: String

    init(_ answer: String, journal: [String]) {
        self.answer = answer
        self.journal = journal
    }
}

/// The seed's story, played over MCP and judged by acme's journal and the ledger.
struct Story {
    let world: DemoWorld
    let acme: AcmeProcess
    let url: String
    let isQuiet: Bool
    /// Whether somebody is there who may click in a browser of their own.
    let isByHand: Bool
    /// Makes this run's mails differ from those of an earlier run in the same home.
    let nonce = Hex.encode(randomBytes(3))

    func play() async throws -> [StoryStep] {
        var steps: [StoryStep] = []
        func keep(_ step: StoryStep) {
            if !isQuiet { step.show() }
            steps.append(step)
        }
        for scene in assistantScenes { keep(try await play(scene)) }
        for step in try await playTalking() { keep(step) }
        for step in try await playConnecting() { keep(step) }
        for scene in clawScenes { keep(try await play(scene)) }
        for step in try await playPeople() { keep(step) }
        for step in try await [revocation(), ledgerVerifies(), flippedByteIsFound()] { keep(step) }
        return steps
    }

    private struct Scene {
        let title: String
        let person: String
        let agent: String
        let tool: String
        let arguments: JSONObject
        let expected: Expected
        var version = MCPVersion.november2025
    }

    private var assistantScenes: [Scene] {
        let page = { (name: String) -> JSONObject in ["page_id": .string(acme.id("pages", name))] }
        return [
            Scene(
                title: "Alice reads her page through the onboarding assistant", person: "alice", agent: "onboarding",
                tool: "notion.get_page", arguments: page("alice_onboarding"),
                expected: Expected("done", journal: ["notion.pages.retrieve alice 200"])),
            Scene(
                title: "Bob reads his, through the same assistant", person: "bob", agent: "onboarding",
                tool: "notion.get_page", arguments: page("bob_onboarding"),
                expected: Expected("done", journal: ["notion.pages.retrieve bob 200"]), version: .july2026),
            Scene(
                title: "Alice asks for Bob's page: Notion refuses, because it is asked as Alice", person: "alice",
                agent: "onboarding", tool: "notion.get_page", arguments: page("bob_onboarding"),
                expected: Expected("refused", journal: ["notion.pages.retrieve alice 404"]), version: .july2026),
            Scene(
                title: "Alice reads her record in Rippling, whose token sees everybody", person: "alice",
                agent: "onboarding", tool: "rippling.get_worker", arguments: [:],
                expected: Expected("done", journal: ["rippling.workers.retrieve company 200"])),
            Scene(
                title: "Bob reads his", person: "bob", agent: "onboarding", tool: "rippling.get_worker",
                arguments: ["worker_id": .string(acme.id("workers", "bob"))],
                expected: Expected("done", journal: ["rippling.workers.retrieve company 200"])),
            Scene(
                title: "Alice asks for Bob's record: Deputy refuses, and Rippling hears nothing", person: "alice",
                agent: "onboarding", tool: "rippling.get_worker",
                arguments: ["worker_id": .string(acme.id("workers", "bob"))],
                expected: Expected("denied", journal: []), version: .july2026),
        ]
    }

    private var clawScenes: [Scene] {
        [
            Scene(
                title: "Alice asks the product claw for the roadmap", person: "alice", agent: "product",
                tool: "notion.search", arguments: ["query": "Roadmap"],
                expected: Expected("done", journal: ["notion.search product 200"])),
            Scene(
                title: "Bob asks it too: Notion sees the same account", person: "bob", agent: "product",
                tool: "notion.search", arguments: ["query": "Roadmap"],
                expected: Expected("done", journal: ["notion.search product 200"]), version: .july2026),
            Scene(
                title: "Bob asks the email claw when Dana is free", person: "bob", agent: "email",
                tool: "calendar.free_busy",
                arguments: ["time_min": "2026-11-23T00:00:00Z", "time_max": "2026-11-28T00:00:00Z"],
                expected: Expected("done", journal: ["calendar.freebusy.query dana 200"])),
            Scene(
                title: "Bob has it send a mail: that waits for Dana", person: "bob", agent: "email",
                tool: "gmail.send",
                arguments: [
                    "to": ["pat@stranger.example"], "subject": .string("Meeting \(nonce)"),
                    "body": "Does Tuesday suit you?",
                ], expected: Expected("approval_required", journal: [])),
            Scene(
                title: "Bob has it invite Alice: that waits for Dana as well", person: "bob", agent: "email",
                tool: "calendar.create_event",
                arguments: [
                    "summary": .string("Roadmap \(nonce)"), "start": "2026-11-24T10:00:00Z",
                    "end": "2026-11-24T10:30:00Z",
                    "attendees": ["alice@acme.test"],
                ], expected: Expected("approval_required", journal: []), version: .july2026),
        ]
    }

    private func play(_ scene: Scene) async throws -> StoryStep {
        let before = try await acme.journal(since: 0).last?.number ?? 0
        let size = try await ledgerSize()
        let client = DemoClient(url: url, token: world.tokens[scene.person] ?? "", version: scene.version)
        let answer = try await client.call(scene.tool, at: scene.agent, scene.arguments)
        let entries = try await acme.journal(since: before).filter { $0.number > before }
        let seen = entries.map { "\($0.call) \($0.owner) \($0.status)" }
        var complaints: [String] = []
        if seen != scene.expected.journal {
            complaints.append("the journal should say \(scene.expected.journal), and says \(seen)")
        }
        let kind = kind(of: answer)
        if kind != scene.expected.answer {
            complaints.append("the answer should be \(scene.expected.answer), and is \(kind)")
        }
        complaints += try await missingInLedger(scene, since: size, effect: !seen.isEmpty)
        return StoryStep(
            title: scene.title, decision: text(of: answer, kind: kind), journal: entries.map(\.text),
            complaints: complaints)
    }

    /// What the answer says it is: `done`, or the kind of its error.
    func kind(of answer: JSON) -> String {
        let structured = answer["structuredContent"]
        if answer["isError"]?.boolValue == true { return structured?["error"]?["kind"]?.stringValue ?? "error" }
        return answer["content"] == nil ? "error \(answer["message"]?.stringValue ?? "")" : "done"
    }

    private func text(of answer: JSON, kind: String) -> String {
        if kind == "done" { return "permitted" }
        return answer["content"]?[0]?["text"]?.stringValue ?? answer["message"]?.stringValue ?? kind
    }

    /// The ledger holds a decision of this call, and an intent exactly when something went upstream.
    private func missingInLedger(_ scene: Scene, since size: Int64, effect: Bool) async throws -> [String] {
        let records = try await world.composition.home.store.records(
            of: .organization(world.composition.home.organization), from: size, limit: 100)
        let leaves = try records.map { try JSON.parse($0.bytes) }
        let decision = leaves.first {
            $0["kind"]?.stringValue == "decision" && $0["requester"]?.stringValue == "person:\(scene.person)"
                && $0["agent"]?.stringValue == scene.agent && $0["tool"]?.stringValue == scene.tool
        }
        guard let decision else { return ["the ledger holds no decision of this call"] }
        let call = decision["call"]?.stringValue
        let hasIntent = leaves.contains { $0["kind"]?.stringValue == "intent" && $0["call"]?.stringValue == call }
        if hasIntent == effect { return [] }
        return [effect ? "something went upstream without an intent in the ledger" : "the ledger holds an intent"]
    }

    private func ledgerSize() async throws -> Int64 {
        try await world.composition.home.store.head(of: .organization(world.composition.home.organization)).size
    }

    private func revocation() async throws -> StoryStep {
        let connections = try await api("GET", ["connections"])["connections"]?.arrayValue ?? []
        let bobs = connections.first {
            $0["owner"]?.stringValue == "person:bob" && $0["provider"]?.stringValue == "notion"
                && $0["health"]?.stringValue == "healthy"
        }
        _ = try await api("DELETE", ["connections", bobs?["id"]?.stringValue ?? "none"])
        return try await play(
            Scene(
                title: "Bob's connection to Notion is revoked: his next call fails, and Notion hears nothing",
                person: "bob", agent: "onboarding", tool: "notion.get_page",
                arguments: ["page_id": .string(acme.id("pages", "bob_onboarding"))],
                expected: Expected("connection_required", journal: [])))
    }

    func api(_ method: String, _ path: [String]) async throws -> JSON {
        let response = await world.composition.api.handle(AdministrationRequest(method: method, path: path))
        guard response.status < 300 else { throw CommandFailure(response) }
        return response.body
    }

    private func ledgerVerifies() async throws -> StoryStep {
        try await world.composition.signatures.checkpointer.signAll()
        let report = try await world.composition.signatures.ledger.verify()
        return StoryStep(
            title: "The ledger verifies",
            decision: (report["trees"]?.arrayValue ?? []).map(LedgerText.report).joined(separator: "; "), journal: [],
            complaints: report["intact"]?.boolValue == true ? [] : ["it doesn't"])
    }

    private func flippedByteIsFound() async throws -> StoryStep {
        let flipped = LedgerDesk(
            store: FlippedLedger(store: world.composition.home.store, index: 3), keys: world.composition.home.ledger,
            now: world.composition.world.now)
        let report = try await flipped.verify()
        let tree = report["trees"]?.arrayValue?.first { $0["intact"]?.boolValue == false }
        return StoryStep(
            title: "With one byte of record 3 flipped it doesn't, and record 3 is named",
            decision: tree.map(LedgerText.report) ?? "intact", journal: [],
            complaints: tree?["position"]?.integerValue == 3 ? [] : ["the flipped byte wasn't found"])
    }
}

/// A ledger of whose organization's tree one record was tampered with.
private struct FlippedLedger: LedgerStore {
    let store: any LedgerStore
    let index: Int64

    func trees() async throws -> [TreeID] { try await store.trees() }

    func records(of tree: TreeID, from start: Int64, limit: Int) async throws -> [StoredRecord] {
        try await store.records(of: tree, from: start, limit: limit).map { record in
            guard record.index == index, tree != .system else { return record }
            var bytes = record.bytes
            bytes[bytes.count / 2] ^= 1
            return StoredRecord(index: record.index, bytes: bytes, hash: record.hash)
        }
    }

    func hashes(of tree: TreeID, level: Int, from index: Int64, count: Int) async throws -> [Digest] {
        try await store.hashes(of: tree, level: level, from: index, count: count)
    }

    func head(of tree: TreeID) async throws -> TreeHead { try await store.head(of: tree) }

    func checkpoints(of tree: TreeID) async throws -> [String] { try await store.checkpoints(of: tree) }

    func latestCheckpoints(of tree: TreeID, limit: Int) async throws -> [String] {
        try await store.latestCheckpoints(of: tree, limit: limit)
    }

    func keep(checkpoint: String, size: Int64, of tree: TreeID) async throws {
        try await store.keep(checkpoint: checkpoint, size: size, of: tree)
    }
}
