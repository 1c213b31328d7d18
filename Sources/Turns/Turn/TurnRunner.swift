import Authority
public import Gate
public import Logging
import Wire

/// Runs turns: asks models, makes calls through the gate, answers. What it does is durable step by step, so that it can
/// be killed anywhere and goes on elsewhere.
public struct TurnRunner: Sendable {
    public typealias Store = TurnStore & InboxStore & Commits & OpenCalls & SessionStates & ApprovalStore

    let gate: ActionGate
    let store: any Store
    let payloads: PayloadKeeper
    let reception: any Reception
    let profiles: any AgentProfiles
    let words: any AnswerWords
    let model: any ModelClient
    let keys: ModelKeys
    /// Nil where agents remember nothing.
    let memory: MemoryDesk?
    /// Nil where nothing is opened.
    let files: FileDesk?
    let limits: TurnLimits
    let world: World
    /// Waits; shorter in tests.
    let pause: @Sendable (Duration) async -> Void
    let events: TurnEvents
    let bell: Bell
    let outbox: Bell
    let log: Logger
    /// Whether a channel can carry files.
    let carriesFiles: @Sendable (ChannelKind) -> Bool
    let running = Lanes<TurnID, AgentID>(most: 512, each: 128)
    let admitting = Lanes<InboxID, AdmissionLane>(most: 256, each: 16)

    /// - Parameters:
    ///   - bell: rung when a message was taken, or a parked turn may go on.
    ///   - outbox: rung when something is to be sent.
    public init(
        gate: ActionGate, store: any Store, payloads: PayloadKeeper, reception: any Reception,
        profiles: any AgentProfiles, words: any AnswerWords, model: any ModelClient,
        connections: any ConnectionSource, memory: MemoryDesk? = nil, files: FileDesk? = nil,
        limits: TurnLimits = TurnLimits(),
        world: World, pause: @escaping @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) },
        carriesFiles: @escaping @Sendable (ChannelKind) -> Bool = { _ in false },
        events: TurnEvents, bell: Bell, outbox: Bell, log: Logger
    ) {
        self.gate = gate
        self.store = store
        self.payloads = payloads
        self.reception = reception
        self.profiles = profiles
        self.words = words
        self.model = model
        keys = ModelKeys(connections: connections)
        self.memory = memory
        self.files = files
        self.limits = limits
        self.world = world
        self.pause = pause
        self.events = events
        self.bell = bell
        self.outbox = outbox
        self.log = log
        self.carriesFiles = carriesFiles
    }

    private static let idle = Duration.seconds(1)

    /// Runs until cancelled, and then leaves every turn where it is.
    public func run() async {
        while !Task.isCancelled {
            await sweep()
            await bell.wait(atMost: TurnRunner.idle)
        }
        await admitting.cancelAll()
        await running.cancelAll()
    }

    /// Everything that can be begun now. Turns that were begun run on by themselves.
    func sweep() async {
        // Each fails alone: what is wrong with one of them holds up no other.
        try? await attempt("messages can't be read", admit)
        try? await attempt("turns that wait can't be read", lookAtParked)
        try? await attempt("turns can't be read", leaveEnded)
        try? await attempt("turns can't be read", carryOnAll)
    }

    private func attempt<Value>(_ complaint: String, _ work: () async throws -> Value) async throws -> Value {
        do { return try await work() } catch {
            if !Task.isCancelled { log.error("\(complaint)", metadata: ["error": "\(error)"]) }
            throw error
        }
    }

    /// Until it has ended, waits for somebody, or this process can't go on with it.
    func carryOn(_ turn: Turn) async {
        do {
            var open = try await OpenTurn(turn, payloads)
            open.turn.notBefore = nil
            // One that was put off is given back: any gateway goes on with it when it is due.
            while open.turn.state == .ready, open.turn.notBefore == nil {
                try Task.checkCancellation()
                guard try await reception.isStill(turn.requester, turn.sender, in: turn.account.organization) else {
                    return try await end(&open, .stopped, saying: nil)
                }
                guard try await remembers(open) else {
                    let refusal = try await listing(for: open).refusal
                    return try await fail(
                        &open, refusal ?? "What this had seen was forgotten meanwhile. Ask again.")
                }
                switch open.log.next(within: limits) {
                case .ask: try await ask(&open)
                case .call(let call, let begun): try await make(call, begun, in: &open)
                case .say(let text): try await say(text, in: &open)
                case .giveUp: try await fail(&open, "It took more steps than one message may.")
                }
            }
        } catch TurnError.erased {
            await drop(turn.id)
        } catch CommitError.exists {
            // Somebody stopped it, or another gateway has taken over: what is stored counts.
        } catch {
            if Task.isCancelled { return }
            log.error("a turn can't go on", metadata: ["turn": "\(turn.id)", "error": "\(error)"])
            await setBack(turn.id, because: error)
        }
    }

    /// Keeps a step, and where the turn stands with it.
    func keep(
        _ step: TurnStep, then state: TurnState = .ready, notBefore: Timestamp? = nil, in open: inout OpenTurn,
        with more: [any StoredChange] = [], _ leaves: [PlacedLeaf] = []
    ) async throws {
        let from = open.turn.steps
        var turn = open.turn
        turn.steps += 1
        turn.state = state
        turn.touched = world.now()
        turn.attempts = 0
        turn.notBefore = notBefore
        turn.reason = nil
        turn.labels = turn.labels.joined(with: try await seenNow(by: turn.session))
        let kept = try payloads.kept(step.json, id: turn.payload(of: from))
        try await store.commit(Transaction(changes: [TurnChange.move(turn, from: from), kept] + more, leaves: leaves))
        open.turn = turn
        open.log.append(step)
        events.tell(.moved(turn.id), in: turn.conversation)
    }

    /// Ends a turn, saying something.
    func end(
        _ open: inout OpenTurn, _ ending: TurnEnding, saying content: OutboundContent?, to audience: Audience = .sender,
        with files: [OutboundFile] = [], and more: [any StoredChange] = []
    ) async throws {
        var turn = open.turn
        turn.state = .ended(ending)
        turn.touched = world.now()
        turn.labels = turn.labels.joined(with: try await seenNow(by: turn.session))
        var changes: [any StoredChange] = [TurnChange.move(turn, from: turn.steps)] + more
        if let content { changes += try saying(content, to: audience, in: turn, with: files) }
        let leaf = try Leaves.ended(turn, ending, open.log.usage, at: turn.touched)
        try await store.commit(
            Transaction(changes: changes, leaves: [PlacedLeaf(leaf, in: .organization(turn.account.organization))]))
        open.turn = turn
        events.tell(.moved(turn.id), in: turn.conversation)
        outbox.ring()
    }

    func fail(_ open: inout OpenTurn, _ sentence: String) async throws {
        try await end(&open, .failed, saying: .notice(sentence, link: nil))
    }

    func request(_ open: OpenTurn, _ tool: String, _ arguments: JSONObject, as call: CallID? = nil) -> ToolCallRequest {
        let turn = open.turn
        return ToolCallRequest(
            organization: turn.account.organization, agent: turn.agent, requester: turn.requester,
            client: turn.session.client, ceiling: turn.ceiling, trigger: turn.account.kind.nature.trigger, tool: tool,
            arguments: arguments,
            call: call)
    }

    private func seenNow(by session: SessionKey) async throws -> Labels {
        try await store.state(of: session)?.labels(at: world.now()) ?? .fresh
    }
}
