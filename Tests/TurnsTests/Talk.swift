import Authority
import Gate
import Logging
import Synchronization
import Testing
import Twins
import Wire

@testable import Turns

/// A stage on which people write, a model is a script, and what is said is listened to.
final class Talk: Sendable {
    let stage: Stage
    let model = ScriptedModel()
    let delivery = FakeDelivery()
    let reception = FakeReception()
    let desk: InboxDesk
    let payloads: PayloadKeeper
    let memory: MemoryDesk
    let profiles: FakeProfiles
    let connections: any ConnectionSource
    private let limits: TurnLimits
    /// Nil where nothing can be opened.
    let files: FileDesk?

    static let account = ChannelAccountID(organization: Stage.organization, kind: .slack, name: "main")
    static let endpoint = ModelSlot(
        name: "main", speaks: .offline, model: "m", longestReply: 100)

    init(
        profile: AgentProfile = AgentProfile(system: "be good", models: [Talk.endpoint], isOpen: false),
        limits: TurnLimits = TurnLimits(),
        connections: Lookup = Lookup { $0 }, shelf: Shelf? = nil,
        _ edit: (inout AgentDefinition) -> Void = { _ in }
    ) throws {
        let (store, clock) = (MemoryStore(), FakeWorld())
        payloads = PayloadKeeper(sealing: OpenSealing(), store: store)
        memory = MemoryDesk(store: store, commits: store, payloads: payloads, world: clock.world)
        let payloads = payloads
        files = shelf.map { shelf in
            FileDesk(
                store: store, payloads: payloads, channels: [ShelfChannel()], transport: shelf, world: clock.world,
                models: { _, _ in profile.models })
        }
        let opening = files.map {
            FileTools.all($0, FileSender(store: store, payloads: payloads, desk: $0, carries: { _ in true }))
        }
        stage = try Stage(
            asking: AskSettings(notices: OwedCard.changes(for:)), store: store, clock: clock,
            tools: MemoryTools.all(memory) + (opening ?? []), edit)
        profiles = FakeProfiles(profile: profile)
        self.connections = connections.source(stage.connections)
        self.limits = limits
        desk = InboxDesk(commits: stage.store, payloads: payloads, world: stage.clock.world, bell: Bell())
    }

    /// A process: what it doesn't keep is gone with it.
    ///
    /// - Parameter store: of a gateway that shares it with others.
    func gateway(on store: MemoryStore? = nil) -> (turns: TurnRunner, outbox: OutboxRunner) {
        let store = store ?? stage.store
        let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let turns = TurnRunner(
            gate: stage.gate, store: store, payloads: payloads, reception: reception,
            profiles: profiles, words: PlainWords(), model: model, connections: connections, memory: memory,
            files: files, limits: limits,
            world: stage.clock.world,
            pause: { _ in }, carriesFiles: { [files] _ in files != nil }, events: TurnEvents(), bell: Bell(),
            outbox: Bell(), log: log)
        let outbox = OutboxRunner(
            store: store, payloads: payloads, delivery: delivery, world: stage.clock.world, bell: Bell(), log: log
        )
        return (turns, outbox)
    }

    /// Everything that can be done now.
    func settle(_ gateway: (turns: TurnRunner, outbox: OutboxRunner)? = nil) async throws {
        let gateway = gateway ?? self.gateway()
        try await gateway.turns.settle()
        while await gateway.outbox.sweep() > 0 {}
    }

    func write(
        _ text: String, as person: PersonID = Stage.alice, event: String? = nil, thread: String? = nil,
        place: Place.PeerKind = .direct, account: ChannelAccountID = Talk.account, forwarded: String? = nil,
        attachments: [Turns.Attachment] = []
    ) async throws {
        let id = event ?? stage.clock.world.newID("event")
        _ = try await desk.take(
            InboundMessage(
                account: account, event: id,
                place: Place(peer: Place.Peer(kind: place, id: place == .direct ? person.raw : "C1"), thread: thread),
                sender: .external(SenderID("slack:T1/\(person)"), SenderStanding(proof: .platform)), text: text,
                attachments: attachments, sent: stage.clock.world.now(), isAddressed: true,
                reply: ["to": .string(person.raw)],
                forwarded: forwarded))
    }

    var said: [FakeDelivery.Said] { delivery.said }
    var words: [String] { delivery.said.compactMap(\.words) }
}

/// Who looks connections up, where it isn't the stage itself.
struct Lookup {
    let source: (StageConnections) -> any ConnectionSource
}

/// Answers from a script: a function of what it is shown.
final class ScriptedModel: ModelClient {
    /// What happens while it is asked.
    private let meanwhile = Mutex<@Sendable () async -> Void>({})
    private let script = Mutex<@Sendable (ModelRequest) throws(ModelFailure) -> ModelReply>({ _ in Talk.reply("hello") }
    )
    private let asked = Mutex<[ModelRequest]>([])

    func play(_ script: @escaping @Sendable (ModelRequest) throws(ModelFailure) -> ModelReply) {
        self.script.withLock { $0 = script }
    }

    func meanwhile(_ work: @escaping @Sendable () async -> Void) { meanwhile.withLock { $0 = work } }

    var requests: [ModelRequest] { asked.withLock { $0 } }

    private let places = Mutex<[ModelEndpoint]>([])
    private let broken = Mutex<String?>(nil)

    /// Where it was asked.
    var endpoints: [ModelEndpoint] { places.withLock { $0 } }

    /// No reply ends any more.
    ///
    /// - Parameter words: what is heard of it; nil when nothing is.
    func breaksOff(after words: String?) {
        broken.withLock { $0 = words }
        play { _ throws(ModelFailure) in throw .later(after: nil, "it broke off") }
    }

    func ask(
        _ request: ModelRequest, at endpoint: ModelEndpoint, heard: @escaping @Sendable (String) async -> Void
    ) async throws(ModelFailure) -> ModelReply {
        asked.withLock { $0.append(request) }
        places.withLock { $0.append(endpoint) }
        if let words = broken.withLock({ $0 }) { await heard(words) }
        let script = script.withLock { $0 }
        let meanwhile = meanwhile.withLock { $0 }
        await meanwhile()
        let reply = try script(request)
        await heard(reply.text)
        return reply
    }
}

extension Talk {
    static func reply(_ text: String) -> ModelReply {
        ModelReply(text: text, calls: [], ending: .finished, usage: ModelUsage(input: 1, output: 1))
    }

    static func calling(_ tool: String, _ arguments: JSONObject = ["id": "1"]) -> ModelReply {
        let call = ModelToolCall(id: "c1", name: tool, arguments: JSON.object(arguments).text)
        return ModelReply(text: "", calls: [call], ending: .tools, usage: ModelUsage(input: 1, output: 1))
    }

    /// Calls this tool, and then says what came of it.
    func plays(_ tool: String, _ arguments: JSONObject = ["id": "1"]) {
        model.play { request in
            switch request.messages.last {
            case .results(let results)?: Talk.reply("got: " + results.map(\.text).joined(separator: ", "))
            case .user, .assistant, nil: Talk.calling(tool, arguments)
            }
        }
    }
}

final class FakeDelivery: Delivery {
    struct Said: Sendable, Hashable {
        let to: SenderID?
        let account: ChannelAccountID
        let content: OutboundContent

        var words: String? {
            switch content {
            case .words(let text), .notice(let text, _): text
            case .approval(let notice): notice.title
            }
        }
    }

    private let state = Mutex<(said: [Said], outcomes: [DeliveryOutcome])>(([], []))
    /// By the account's name.
    let door = Door()

    var said: [Said] { state.withLock(\.said) }

    func next(_ outcomes: DeliveryOutcome...) { state.withLock { $0.outcomes += outcomes } }

    /// What was to come next doesn't.
    func forget() { state.withLock { $0.outcomes = [] } }

    func knowsRepeats(_ account: ChannelAccountID) async throws -> Bool { false }

    func prepare(_ message: OutboundMessage) async -> Prepared { .ready(message) }

    func deliver(_ message: OutboundMessage, after parts: Int) async -> Delivered {
        await door.pass(message.account.name)
        return state.withLock { state in
            let outcome = state.outcomes.isEmpty ? .delivered(message.id) : state.outcomes.removeFirst()
            switch outcome {
            case .delivered, .unknown:
                state.said.append(Said(to: message.privately, account: message.account, content: message.content))
            case .retry, .putOff, .refused: break
            }
            return Delivered(parts: parts, outcome)
        }
    }
}

/// Everybody is who they say, and writes to the one agent.
final class FakeReception: Reception {
    private let guests = Mutex<Set<String>>([])
    private let unlinked = Mutex<Set<SenderID>>([])
    private let broken = Mutex(false)
    private let ignored = Mutex<Set<String>>([])
    private let door = Door()

    /// Nothing starts with what they write.
    func ignore(_ sender: String) { _ = ignored.withLock { $0.insert(sender) } }

    /// Who they are isn't known until it is let go.
    func hold(_ sender: String) { door.close(sender) }

    func letGo(_ sender: String) { door.open(sender) }

    struct Broken: Error {}

    /// Whether nobody can be received.
    var isBroken: Bool {
        get { broken.withLock(\.self) }
        set { broken.withLock { $0 = newValue } }
    }

    func unlink(_ sender: SenderID) { _ = unlinked.withLock { $0.insert(sender) } }

    private let looks = Mutex(0)

    /// How often a turn that went on asked whether its requester is still who they were.
    var timesAsked: Int { looks.withLock(\.self) }

    func isStill(_ requester: Requester, _ sender: SenderID?, in organization: OrganizationID) async throws -> Bool {
        looks.withLock { $0 += 1 }
        return sender.map { sender in unlinked.withLock { !$0.contains(sender) } } ?? true
    }

    func makeGuest(_ sender: String) { _ = guests.withLock { $0.insert(sender) } }

    func receive(_ message: InboundMessage) async throws -> Received {
        if isBroken { throw Broken() }
        switch message.sender {
        case .person(let person): return .turn(AgentID("helper"), .person(person), nil)
        case .external(let sender, _):
            await door.pass(sender.raw)
            if ignored.withLock({ $0.contains(sender.raw) }) { return .ignored("nobody asked") }
            if guests.withLock({ $0.contains(sender.raw) }) { return .turn(AgentID("helper"), .guest(sender), sender) }
            let person = PersonID(sender.raw.split(separator: "/").last.map(String.init) ?? "")
            return .turn(AgentID("helper"), .person(person), sender)
        }
    }
}

final class FakeProfiles: AgentProfiles {
    private let profile: AgentProfile
    private let fault = Mutex<(any Error)?>(nil)

    init(profile: AgentProfile) {
        self.profile = profile
    }

    struct Broken: Error {}

    /// None can be read; nil and they can again.
    func fail(with error: (any Error)?) { fault.withLock { $0 = error } }

    func profile(of agent: AgentID, in organization: OrganizationID) async throws -> AgentProfile? {
        if let error = fault.withLock({ $0 }) { throw error }
        return profile
    }
}

struct PlainWords: AnswerWords {
    func words(for answer: Answer, to request: ToolCallRequest) async -> AnswerText? {
        switch answer {
        case .done(_, let value): AnswerText(text: value.text, isError: false, link: nil)
        case .declined(_, let person, let reason):
            AnswerText(text: "\(person) said no: \(reason)", isError: true, link: nil)
        case .connect: AnswerText(text: "connect notes", isError: true, link: "https://deputy.test/connect")
        case .unknown(_, let reason): AnswerText(text: "unknown: \(reason)", isError: true, link: nil)
        case .deny, .ask: AnswerText(text: "denied", isError: true, link: nil)
        case .noSuchTool: nil
        case .edited, .refused, .notSent, .withheld, .pending, .tooManyAsks, .invalid, .unavailable:
            AnswerText(text: "\(answer)", isError: true, link: nil)
        }
    }

    func approval(_ id: ApprovalID, for person: PersonID) async -> ApprovalNotice? {
        ApprovalNotice(approval: id.raw, title: "May I?", lines: [], link: "https://deputy.test", hasButtons: true)
    }
}

extension TurnRunner {
    /// Runs until nothing can be done any more.
    func settle() async throws {
        while true {
            await step()
            let ready = try await store.claimTurns(at: world.now(), limit: 1, each: 1)
            let heads = try await store.claimMessages(at: world.now(), limit: 1, each: 1)
            if ready.isEmpty, heads.isEmpty { return }
        }
    }
}

extension TurnRunner {
    /// What one look brings, to its end.
    func step() async {
        await sweep()
        await admitting.wait()
        await sweep()
        await admitting.wait()
        await running.wait()
    }
}

/// Holds up whom it is closed for.
final class Door: Sendable {
    private let state = Mutex<(closed: Set<String>, waiting: [String: [CheckedContinuation<Void, Never>]])>(([], [:]))

    func close(_ name: String) { _ = state.withLock { $0.closed.insert(name) } }

    func open(_ name: String) {
        let waiting = state.withLock { state in
            state.closed.remove(name)
            return state.waiting.removeValue(forKey: name) ?? []
        }
        for continuation in waiting { continuation.resume() }
    }

    func pass(_ name: String) async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                guard state.closed.contains(name) else { return true }
                state.waiting[name, default: []].append(continuation)
                return false
            }
            if isOpen { continuation.resume() }
        }
    }
}
