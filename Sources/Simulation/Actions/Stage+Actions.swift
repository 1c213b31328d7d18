import Authority
import Broker
import Gate
import Registry
import Wire

/// What people and clients begin.
enum Action: CaseIterable {
    case call, callAgain, answer, revokeWindow, runApprovals, runNotices, sign, wait, waitLong, kill
    case revokeToken, makeToken, stopAgent, stopOrganization, suspendPerson, editAgent, clearSession
    case connect, disconnect
    /// One looks after calls without an outcome, its own and, among several gateways, those of others; one hangs.
    case takeOver, pause
    /// What is due is renewed beside all calls.
    case renew

    /// How often each is begun, out of the sum.
    func weight(_ pursuit: Pursuit) -> Int {
        switch (self, pursuit.mood) {
        // What is pursued happens after a start.
        case (.kill, _) where pursuit.first != nil: 16
        case (.runApprovals, _) where pursuit.first == .runApprovals: 4
        case (.pause, _) where pursuit.gateways == 1: 0
        case (.renew, _) where !pursuit.hasTokens: 0
        case (.renew, .renewing), (.wait, .renewing): 24
        case (.waitLong, .renewing), (.connect, .renewing), (.kill, .renewing), (.pause, .renewing): 4
        case (.renew, _): 6
        case (.takeOver, .sharing): 24
        case (.pause, .sharing), (.kill, .sharing): 10
        case (.takeOver, _): 6
        case (.pause, _): 3
        case (.kill, .calling) where pursuit.gateways > 1: 3
        case (.call, _): 34
        case (.callAgain, .agreeing): 24
        case (.callAgain, _): 14
        case (.answer, .agreeing), (.runApprovals, .agreeing): 34
        case (.answer, _), (.runApprovals, _): 12
        case (.runNotices, .notifying), (.wait, .notifying): 24
        case (.runNotices, _), (.wait, _): 5
        case (.connect, .connecting), (.disconnect, .connecting): 20
        case (.kill, .starting): 12
        // What was read before is read anew.
        case (.kill, .agreeing), (.editAgent, .agreeing): 8
        case (.connect, .agreeing): 4
        case (.sign, .signing): 20
        case (.revokeToken, .administering), (.makeToken, .administering), (.stopAgent, .administering),
            (.stopOrganization, .administering), (.suspendPerson, .administering), (.editAgent, .administering),
            (.clearSession, .administering):
            8
        case (.revokeWindow, _), (.sign, _), (.waitLong, _), (.revokeToken, _), (.makeToken, _), (.stopAgent, _),
            (.stopOrganization, _), (.suspendPerson, _), (.editAgent, _), (.connect, _), (.disconnect, _):
            2
        case (.clearSession, _), (.kill, _): 1
        }
    }

    static func pick(_ generator: inout SeededGenerator, _ pursuit: Pursuit) -> Action {
        var rest = generator.below(allCases.reduce(0) { $0 + $1.weight(pursuit) })
        for action in allCases {
            rest -= action.weight(pursuit)
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
        let action = Action.pick(&generator, pursuit)
        universe.note("step \(step) \(action)")
        guard let gateway = gateway(&generator) else { return }
        begin(action, at: gateway, &generator)
        if generator.once(in: 3) { gateway.life.writer.sync(in: gateway.life, of: universe) }
    }

    func begin(_ action: Action, at gateway: Gateway, _ generator: inout SeededGenerator) {
        switch action {
        case .call: beginCall(at: gateway, &generator)
        case .callAgain:
            guard !book.asked.isEmpty else { return }
            let asked = book.asked[generator.below(book.asked.count)]
            call(asked.client, asked.agent, asked.tool, asked.choice, at: gateway)
        case .answer: beginAnswer(at: gateway, &generator)
        case .revokeWindow: beginRevoking(at: gateway, &generator)
        case .runApprovals: act(.approved) { await gateway.runner.sweep() }
        case .runNotices: sendNotices(gateway)
        case .sign: act(.signing) { try await gateway.checkpointer.signAll() }
        case .wait: universe.clock.advance(microseconds: Int64(generator.below(90)) * 1_000_000)
        case .waitLong: universe.clock.advance(microseconds: Int64(generator.below(30 * 3600)) * 1_000_000)
        case .kill: kill(gateway, &generator)
        case .pause: pause(gateway, &generator)
        case .takeOver: takeOver(at: gateway)
        case .renew: act(.renewing) { _ = try await gateway.keeper.renewDue() }
        case .revokeToken, .makeToken, .stopAgent, .stopOrganization, .suspendPerson, .editAgent, .clearSession,
            .connect, .disconnect:
            beginChange(action, at: gateway, &generator)
        }
    }

    /// The product sweeps its outbox one time after the other.
    private func sendNotices(_ gateway: Gateway) {
        let isBusy = gateway.isSendingNotices
        guard !isBusy.value else { return }
        isBusy.value = true
        act(.notifying) {
            _ = await gateway.notices.sweep()
            isBusy.value = false
        }
    }

    /// Where people are to agree there are few callers, so that what is asked comes to its end and is asked again.
    private func beginCall(at gateway: Gateway, _ generator: inout SeededGenerator) {
        let isAsking = pursuit.mood == .agreeing
        let client = generator.pick(isAsking ? Array(book.clients.prefix(3)) : book.clients)
        let isPursued = !generator.once(in: 4)
        let agent = generator.pick(isPursued ? pursuit.agents : Cast.agents)
        let tool = generator.pick(isPursued ? pursuit.tools : Cast.tools)
        call(client, agent, tool, generator.below(isAsking ? 2 : 3), at: gateway)
    }

    /// A client calls a tool, and may be gone before it has the answer.
    func call(_ client: ClientBook.Client, _ agent: AgentID, _ tool: String, _ choice: Int, at gateway: Gateway) {
        book.note(client, agent, tool, choice)
        let arguments: JSONObject =
            tool == "gmail.tell"
            ? [
                "to": .string(
                    ["dana@\(client.organization).test", "pat@outside.test", "alice@\(client.organization).test"][
                        choice]),
                "text": "hello",
            ] : ["id": .string("\(choice)")]
        let universe = universe
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
