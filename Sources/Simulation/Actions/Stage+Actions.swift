import Authority
import Gate
import Registry
import Wire

/// What people and clients begin.
enum Action: CaseIterable {
    case call, callAgain, answer, revokeWindow, runApprovals, runNotices, sign, wait, waitLong, kill
    case revokeToken, makeToken, stopAgent, stopOrganization, suspendPerson, editAgent, clearSession
    case connect, disconnect

    /// How often each is begun, out of the sum.
    var weight: Int {
        switch self {
        case .call: 34
        case .callAgain: 14
        case .answer: 16
        case .runApprovals: 10
        case .runNotices: 5
        case .wait: 6
        case .revokeWindow, .sign, .waitLong, .revokeToken, .makeToken, .stopAgent, .stopOrganization, .suspendPerson,
            .editAgent, .connect, .disconnect:
            2
        case .clearSession, .kill: 1
        }
    }

    static func pick(_ generator: inout SeededGenerator) -> Action {
        var rest = generator.below(allCases.reduce(0) { $0 + $1.weight })
        for action in allCases {
            rest -= action.weight
            if rest < 0 { return action }
        }
        return .call
    }
}

extension Stage {
    /// Begins what the seed has for this step. Everything about it follows from the seed and its number, so that other
    /// steps can be left out.
    func begin(_ step: Int) {
        var generator = SeededGenerator(
            seed: options.seed &+ UInt64(step) &* 0xD1B5_4A32_D192_ED03, stream: "step")
        let action = Action.pick(&generator)
        universe.note("step \(step) \(action)")
        switch action {
        case .call: beginCall(&generator)
        case .callAgain:
            guard !book.asked.isEmpty else { return }
            let asked = book.asked[generator.below(book.asked.count)]
            call(asked.client, asked.agent, asked.tool, asked.choice)
        case .answer: beginAnswer(&generator)
        case .revokeWindow: beginRevoking(&generator)
        case .runApprovals: act(.approved) { [gateway] in await gateway.runner.sweep() }
        case .runNotices: act(.notifying) { [gateway] in _ = await gateway.notices.sweep() }
        case .sign: act(.signing) { [gateway] in try await gateway.checkpointer.signAll() }
        case .wait: universe.clock.advance(microseconds: Int64(generator.below(90)) * 1_000_000)
        case .waitLong: universe.clock.advance(microseconds: Int64(generator.below(30 * 3600)) * 1_000_000)
        case .kill: gateway.life.end()
        case .revokeToken, .makeToken, .stopAgent, .stopOrganization, .suspendPerson, .editAgent, .clearSession,
            .connect, .disconnect:
            beginChange(action, &generator)
        }
        if generator.once(in: 3) { universe.disk.sync(in: gateway.life, of: universe) }
    }

    private func beginCall(_ generator: inout SeededGenerator) {
        let client = generator.pick(book.clients)
        let agent = generator.pick(Cast.agents)
        let tool = generator.pick(Cast.tools)
        call(client, agent, tool, generator.below(3))
    }

    /// A client calls a tool, and may be gone before it has the answer.
    func call(_ client: ClientBook.Client, _ agent: AgentID, _ tool: String, _ choice: Int) {
        book.note(client, agent, tool, choice)
        let arguments: JSONObject =
            tool == "gmail.tell"
            ? [
                "to": .string(
                    ["dana@\(client.organization).test", "pat@outside.test", "alice@\(client.organization).test"][
                        choice]),
                "text": "hello",
            ] : ["id": .string("\(choice)")]
        let (gateway, universe) = (gateway, universe)
        act(.call) {
            guard let known = try await gateway.tokens.client(bearing: client.token), known.agents.contains(agent)
            else {
                return universe.note("no such token")
            }
            let request = ToolCallRequest(
                organization: known.organization, agent: agent, requester: .person(known.person), client: known.client,
                trigger: .call, tool: tool, arguments: arguments)
            let answer = await gateway.gate.perform(request)
            guard !gateway.life.isOver else { return }
            universe.note("\(client.person) \(agent) \(tool): \(answer.word)")
            universe.oracle.answered(answer, to: request)
        }
    }
}

extension Answer {
    /// What it is, without its words.
    var word: String {
        switch self {
        case .done(let call, _): "done \(call)"
        case .edited(_, _, let answer): "edited \(answer.word)"
        case .refused(let call, _): "refused \(call)"
        case .notSent(let call, _): "not sent \(call)"
        case .unknown(let call, _): "unknown \(call)"
        case .withheld(let call): "withheld \(call)"
        case .pending(let call, let state): "pending \(call) \(state)"
        case .ask(_, let ticket): "ask \(ticket?.approval.raw ?? "nobody")"
        case .declined(let approval, _, _): "declined \(approval)"
        case .tooManyAsks: "too many asks"
        case .connect: "connect"
        case .deny(let findings): "deny \(findings.map(\.rule.rawValue).joined(separator: " "))"
        case .noSuchTool: "no such tool"
        case .invalid: "invalid"
        case .unavailable(let reason): "unavailable \(reason)"
        }
    }
}
