import Authority
import Gate
import Logging
import Wire

extension TurnRunner {
    /// Shows a model what has happened, and keeps what it says. A leaf says first what goes where.
    func ask(_ open: inout OpenTurn) async throws {
        let turn = open.turn
        guard let profile = try await profiles.profile(of: turn.agent, in: turn.account.organization) else {
            return try await fail(&open, "The agent isn't there any more.")
        }
        var system = profile.system
        let listing = try await listing(for: open)
        if let refusal = listing.refusal { return try await fail(&open, refusal) }
        open.tools = SeenTools(listing.tools)
        if let findings = listing.nothing {
            let told = findings.filter(\.rule.isTold).map(\.sentence).joined(separator: "; ")
            system += "\n\nNo tool can be used in this conversation now" + (told.isEmpty ? "." : ": \(told).")
        }
        let remembered = try await recall(for: open, by: profile)
        let state = try await store.state(of: turn.session)
        let labels = state?.labels(at: world.now()) ?? .fresh
        let allowed = profile.endpoints.filter { mayRead(labels, allowed: $0.classes) }
        guard let endpoint = allowed.first(where: { open.log.failures(of: $0.name) < limits.tries }) else {
            return try await fail(&open, TurnRunner.silence(profile, allowed, labels))
        }
        let messages = (remembered.map { [$0] } ?? []) + (try await earlier(than: turn, state)) + open.log.messages
        let question = ModelRequest(system: system, messages: messages, tools: open.tools?.listed ?? [])
        let reserved: ReservedTokens
        switch try await reserve(for: question, at: endpoint, of: profile, in: turn, labels) {
        case .reserved(let tokens): reserved = tokens
        case .usedUp(let sentence): return try await fail(&open, sentence)
        }
        let reply: ModelReply
        do throws(ModelFailure) {
            reply = try await model.ask(question, at: endpoint.answering(within: reserved.reply)) { piece in
                reserved.hear(piece)
                events.tell(.heard(turn.id, piece), in: turn.conversation)
            }
        } catch {
            return try await bear(error, at: endpoint, reserved, in: &open)
        }
        try await keep(.replied(reply, endpoint: endpoint.name), in: &open, with: [reserved.settled(by: reply)])
    }

    private func bear(
        _ failure: ModelFailure, at endpoint: ModelEndpoint, _ reserved: ReservedTokens, in open: inout OpenTurn
    ) async throws {
        try Task.checkCancellation()
        let failures = open.log.failures(of: endpoint.name)
        log.warning(
            "a model didn't answer",
            metadata: [
                "model": "\(endpoint.name)", "turn": "\(open.turn.id)", "reason": "\(failure.reason)",
            ])
        switch failure {
        case .later(let seconds, let reason):
            // A server that says when is believed, as far as somebody would wait. Meanwhile the turn takes nobody's place.
            let isLast = failures + 1 >= limits.tries
            let later = world.now().adding(seconds: Int64(min(seconds ?? 1 << failures, 60)))
            try await keep(
                .unanswered(endpoint: endpoint.name, reason: reason), notBefore: isLast ? nil : later, in: &open,
                with: [reserved.settledByFailure])
        case .refused(let reason), .tooLong(let reason):
            var settled = [reserved.settledByFailure]
            for _ in failures..<limits.tries {
                try await keep(.unanswered(endpoint: endpoint.name, reason: reason), in: &open, with: settled)
                settled = []
            }
        }
    }

    private static func silence(_ profile: AgentProfile, _ allowed: [ModelEndpoint], _ labels: Labels) -> String {
        if profile.endpoints.isEmpty { return "The agent has no model: an administrator gives it one." }
        if allowed.isEmpty {
            return
                "What this conversation has seen (\(labels.classes.names.joined(separator: ", "))) may go to none of the "
                + "agent's models."
        }
        return "No model answered. Try again later."
    }

    /// Questions and answers of earlier turns of the same conversation, the newest that fit. What tools answered then isn't
    /// shown again; the session's labels remember it all the same. What they have forgotten isn't shown at all.
    private func earlier(than turn: Turn, _ state: SessionState?) async throws -> [ModelMessage] {
        guard let state else { return [] }
        var messages: [ModelMessage] = []
        var room = limits.contextLength
        let now = world.now()
        for other in try await store.turns(of: turn.session, in: turn.conversation, limit: 100)
        where other.id != turn.id && other.began <= turn.began && state.remembers(other.began, at: now) {
            guard let log = try? await OpenTurn(other, payloads).log, let (question, answer) = log.exchange else {
                continue
            }
            room -= question.unicodeScalars.count + answer.unicodeScalars.count
            guard room >= 0 else { break }
            messages = [.user(question), .assistant(answer, [])] + messages
        }
        return messages
    }
}

extension TurnLog {
    /// What was asked and what was said in the end.
    fileprivate var exchange: (String, String)? {
        guard let question else { return nil }
        for message in messages.reversed() {
            switch message {
            case .assistant(let text, let calls) where calls.isEmpty && !text.isEmpty: return (question, text)
            case .assistant, .user, .results: continue
            }
        }
        return (question, "(This wasn't answered.)")
    }
}
