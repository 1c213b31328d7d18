/// What was put on the wire.
struct Sending {
    let call: String
    let tool: String
    let body: String
    let account: String
}

/// Judges a run from outside. It keeps its own naive picture of who may do what, made of what became durable, and knows
/// the product's rules as sentences, not as code.
final class Oracle: Sendable {
    private struct State {
        var violations: [Violation] = []
        var picture = Picture()
        /// Calls that a proxy on the way doubled.
        var doubledCalls: [String: Int] = [:]
        var noticesSeen: Set<String> = []
        /// Set by the run, so that a planted mistake can find somebody else's secret.
        var secrets: [(secret: String, agentOrPerson: String)] = []
    }

    private let state = Confined(State())

    var violations: [Violation] { state.violations }

    var picture: Picture {
        get { state.picture }
        _modify { yield &state.picture }
    }

    func violate(_ invariant: Invariant, _ text: String) {
        state.violations.append(Violation(invariant: invariant, text: text))
    }

    func check(_ holds: Bool, _ invariant: Invariant, _ text: @autoclosure () -> String) {
        if !holds { violate(invariant, text()) }
    }

    /// A request of a call goes to the provider.
    func saw(_ sending: Sending) {
        guard let call = picture.calls[sending.call] else {
            return violate(.intentFirst, "\(sending.call) \(sending.tool)")
        }
        check(call.tool == sending.tool, .asShown, "\(sending.call) did \(sending.tool) instead of \(call.tool)")
        checkSubject(sending, call)
        picture.calls[sending.call]?.sendings += 1
        if let shown = call.approval.flatMap({ picture.approvals[$0] })?.arguments {
            check(shown == sending.body, .asShown, "\(sending.call) sent \(sending.body) instead of \(shown)")
        }
        guard call.effect != "read" else { return }
        check(
            call.sendings <= state.doubledCalls[sending.call, default: 0] || call.sendings == 0, .oneSending,
            sending.call)
        for (id, other) in picture.calls where id != sending.call && other.digest == call.digest {
            check(
                ["done", "refused", "not_sent"].contains(other.outcome ?? ""), .identical,
                "\(sending.call) while \(id) is \(other.outcome ?? "open")")
        }
    }

    /// The provider refused a request for its credential, and did nothing.
    func saw(refused sending: Sending) {
        guard let call = picture.calls[sending.call] else {
            return violate(.intentFirst, "\(sending.call) \(sending.tool)")
        }
        checkSubject(sending, call)
    }

    func doubled(_ call: String) { state.doubledCalls[call, default: 0] += 1 }

    /// The provider's answer is back.
    func returned(_ call: String) {
        guard let known = picture.calls[call] else { return }
        if let reason = picture.standing(of: known) { picture.calls[call]?.revoked = reason }
    }

    func noticed(_ id: String, by mayRepeat: Bool, isRepeat: Bool) {
        guard !isRepeat else { return }
        let isFirst = state.noticesSeen.insert(id).inserted
        check(isFirst || mayRepeat, .notice, id)
    }

    /// Something was logged, answered or written.
    func said(_ text: String) {
        check(!text.holds("sek-") && !text.holds("dpy_mcp_"), .secret, String(text.prefix(200)))
    }

    func knows(secret: String, of agentOrPerson: String) { state.secrets.append((secret, agentOrPerson)) }

    func otherSecret(than agent: String) -> String? { state.secrets.last { $0.agentOrPerson != agent }?.secret }

    private func checkSubject(_ sending: Sending, _ call: Picture.Call) {
        guard let agent = picture.agents[call.organization + "/" + call.agent] else {
            return violate(.subject, "\(sending.call) of an agent that there isn't")
        }
        let name: String? =
            switch agent.kind {
            case "assistant": call.requester
            default: call.agent
            }
        check(
            name.map { "\($0)@\(call.organization).test" } == sending.account, .subject,
            "\(sending.call) for \(call.requester) by \(call.agent) with \(sending.account)")
    }
}
