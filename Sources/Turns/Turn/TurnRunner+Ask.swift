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
        if let limit = profile.tokensPerDay, try await tokensToday(of: turn) >= limit {
            return try await fail(&open, "The agent has used up its tokens for today.")
        }
        if let limit = profile.tokensPerPersonPerDay, try await store.tokensUsedAlone(useToday(of: turn)) >= limit {
            return try await fail(&open, "You have used up your tokens with this agent for today.")
        }
        let now = world.now()
        let leaf = try Leaves.asks(turn, endpoint, step: turn.steps, labels, at: now)
        try await store.commit(Transaction(leaves: [PlacedLeaf(leaf, in: .organization(turn.account.organization))]))
        let messages = (remembered.map { [$0] } ?? []) + (try await earlier(than: turn, state)) + open.log.messages
        let question = ModelRequest(system: system, messages: messages, tools: open.tools?.listed ?? [])
        let reply: ModelReply
        do throws(ModelFailure) {
            reply = try await model.ask(question, at: endpoint) { piece in
                events.tell(.heard(turn.id, piece), in: turn.conversation)
            }
        } catch {
            return try await bear(error, at: endpoint, in: &open)
        }
        let used = TurnChange.used(
            TokenUse(turn, day: TokenUse.day(at: now)), tokens: reply.usage.input + reply.usage.output)
        try await keep(.replied(reply, endpoint: endpoint.name), in: &open, with: [used])
    }

    private func bear(_ failure: ModelFailure, at endpoint: ModelEndpoint, in open: inout OpenTurn) async throws {
        try Task.checkCancellation()
        let failures = open.log.failures(of: endpoint.name)
        log.warning(
            "a model didn't answer",
            metadata: [
                "model": "\(endpoint.name)", "turn": "\(open.turn.id)", "reason": "\(failure.reason)",
            ])
        switch failure {
        case .later(let seconds, let reason):
            try await keep(.unanswered(endpoint: endpoint.name, reason: reason), in: &open)
            // A server that says when is believed, as far as somebody would wait.
            await pause(.seconds(min(seconds ?? 1 << failures, 60)))
        case .refused(let reason), .tooLong(let reason):
            for _ in failures..<limits.tries {
                try await keep(.unanswered(endpoint: endpoint.name, reason: reason), in: &open)
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

    private func tokensToday(of turn: Turn) async throws -> Int { try await store.tokensUsed(useToday(of: turn)) }

    private func useToday(of turn: Turn) -> TokenUse { TokenUse(turn, day: TokenUse.day(at: world.now())) }

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
