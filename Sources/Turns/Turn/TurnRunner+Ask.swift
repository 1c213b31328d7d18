import Authority
import Gate
import Logging
import Wire

extension TurnRunner {
    /// Shows a model what has happened, and keeps what it says. A leaf says first what goes where. When what that was judged by
    /// has moved until then, it is judged again.
    func ask(_ open: inout OpenTurn) async throws {
        while try await !asks(&open) { try Task.checkCancellation() }
    }

    /// - Returns: false when it is to be judged again.
    private func asks(_ open: inout OpenTurn) async throws -> Bool {
        let (turn, organization) = (open.turn, open.turn.account.organization)
        var readings = await store.readings(of: [.organization(organization), .agent(organization, turn.agent)])
        guard let profile = try await profiles.profile(of: turn.agent, in: organization) else {
            try await fail(&open, "The agent isn't there any more.")
            return true
        }
        var system = profile.system
        let listing = try await listing(for: open)
        if let refusal = listing.refusal {
            try await fail(&open, refusal)
            return true
        }
        open.tools = SeenTools(shown(listing.tools, in: turn))
        if let findings = listing.nothing {
            let told = findings.filter(\.rule.isTold).map(\.sentence).joined(separator: "; ")
            system += "\n\nNo tool can be used in this conversation now" + (told.isEmpty ? "." : ": \(told).")
        }
        let remembered = try await recall(for: open, by: profile)
        let summarized = try await shownSummary(before: turn)
        readings.append(await store.reading(.session(turn.session)))
        let state = try await store.state(of: turn.session)
        let labels = state?.labels(at: world.now()) ?? .fresh
        let allowed = profile.models.filter { mayRead(labels, at: $0) }
        guard let slot = open.log.preferred(allowed).first(where: { open.log.failures(of: $0.name) < limits.tries })
        else {
            try await fail(&open, TurnRunner.silence(profile, allowed, labels, open.log))
            return true
        }
        let endpoint: ModelEndpoint
        switch try await keys.endpoint(slot, for: turn.agent, in: organization) {
        case .endpoint(let found, let under):
            endpoint = found
            readings += under
        case .none(let reason):
            warn(of: slot.name, reason, in: turn)
            try await passOver(slot.name, because: reason, in: &open)
            return true
        }
        let tools = open.tools?.listed ?? []
        var room = ContextRoom(endpoint, after: open.log)
        room.take(ModelRequest(system: system, messages: [], tools: tools).bytes)
        let own = try await showing(open.log.messages, at: endpoint, in: &open).fitting(within: room.bytes)
        for message in own + (remembered.map { [$0] } ?? []) { room.take(message.bytes) }
        let earlier = try await earlier(
            than: turn, summarized, within: min(limits.contextLength, room.bytes), by: profile, at: endpoint, labels,
            under: readings)
        let question = ModelRequest(
            system: system, messages: (remembered.map { [$0] } ?? []) + earlier + own, tools: tools)
        let reserved: ReservedTokens
        switch try await reserve(
            for: question, at: endpoint, of: profile, in: turn, labels, under: readings,
            isUnseen: open.log.isUnseen(at: endpoint.name))
        {
        case .reserved(let tokens): reserved = tokens
        case .usedUp(let sentence):
            try await fail(&open, sentence)
            return true
        case .moved: return false
        }
        let reply: ModelReply
        do throws(ModelFailure) {
            reply = try await model.ask(question, at: endpoint.answering(within: reserved.reply)) { piece in
                reserved.hear(piece)
                events.tell(.heard(turn.id, piece), in: turn.conversation)
            }
        } catch {
            let log = open.log
            let hasOther = allowed.contains { $0.name != slot.name && log.failures(of: $0.name) < limits.tries }
            try await bear(error, at: endpoint, reserved, question, in: &open, or: hasOther)
            return true
        }
        try await keep(.replied(reply, endpoint: endpoint.name), in: &open, with: [reserved.settled(by: reply)])
        return true
    }

    private func warn(of endpoint: String, _ reason: String, in turn: Turn) {
        log.warning(
            "a model didn't answer",
            metadata: ["model": "\(endpoint)", "turn": "\(turn.id)", "reason": "\(reason)"])
    }

    /// It isn't asked again in this turn.
    private func passOver(
        _ endpoint: String, because reason: String, in open: inout OpenTurn, with changes: [TurnChange] = []
    ) async throws {
        var changes = changes
        for _ in open.log.failures(of: endpoint)..<limits.tries {
            try await keep(.unanswered(endpoint: endpoint, reason: reason), in: &open, with: changes)
            changes = []
        }
    }

    /// Seconds that a server is waited for although another one may be asked, and although none may.
    private static let (soon, late) = (60, 900)

    /// - Parameter hasOther: whether another endpoint may be asked.
    private func bear(
        _ failure: ModelFailure, at endpoint: ModelEndpoint, _ reserved: ReservedTokens,
        _ question: ModelRequest, in open: inout OpenTurn, or hasOther: Bool
    ) async throws {
        try Task.checkCancellation()
        let failures = open.log.failures(of: endpoint.name)
        warn(of: endpoint.name, failure.reason, in: open.turn)
        switch failure {
        case .later(let seconds?, let reason) where seconds > TurnRunner.soon && hasOther:
            try await passOver(
                endpoint.name, because: reason, in: &open, with: [reserved.settledByFailure])
        case .later(let seconds, let reason):
            // A server that says when is believed, as far as somebody would wait. Meanwhile the turn takes nobody's place.
            let isLast = failures + 1 >= limits.tries
            let wait = seconds.map { min($0, TurnRunner.late) } ?? min(1 << failures, TurnRunner.soon)
            let later = world.now().adding(seconds: Int64(wait))
            try await keep(
                .unanswered(endpoint: endpoint.name, reason: reason), notBefore: isLast ? nil : later, in: &open,
                with: [reserved.settledByFailure])
        case .tooLong where open.log.mayBeShortened(to: question.bytes, for: endpoint.name):
            try await keep(
                .tooLong(endpoint: endpoint.name, bytes: question.bytes), in: &open, with: [reserved.settledByFailure])
        // Once: from then on nothing it is asked in this turn has a picture.
        case .unfit(let reason) where question.messages.pictures > 0:
            try await keep(
                .unseen(endpoint: endpoint.name, reason: reason), in: &open, with: [reserved.settledByFailure])
        case .refused(let reason), .unfit(let reason), .tooLong(let reason):
            try await passOver(
                endpoint.name, because: reason, in: &open, with: [reserved.settledByFailure])
        }
    }

    private static func silence(
        _ profile: AgentProfile, _ allowed: [ModelSlot], _ labels: Labels, _ log: TurnLog
    ) -> String {
        if profile.models.isEmpty { return "The agent has no model: an administrator gives it one." }
        if allowed.isEmpty {
            return
                "What this conversation has seen (\(labels.classes.names.joined(separator: ", "))) may go to none of the "
                + "agent's models."
        }
        if allowed.contains(where: { !log.tooLong(for: $0.name).isEmpty }) {
            return "This is too long for the agent's models, also when what can be left out is. Ask for less at once."
        }
        return log.hasPictures
            ? "No model answered to this with its picture. Try again later, or without it."
            : "No model answered. Try again later."
    }
}
