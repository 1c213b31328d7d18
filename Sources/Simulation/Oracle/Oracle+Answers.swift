import Authority
import Gate
import Wire

extension Oracle {
    /// A client has its answer.
    func answered(_ answer: Answer, to request: ToolCallRequest) {
        switch answer {
        case .edited(_, _, let inner): answered(inner, to: request)
        case .done(let call, let result):
            said(result.text)
            checkMark(result.text, request)
            checkOutcome(call, "done", request)
            checkLabels(call, request)
            let known = picture.calls[call.raw]
            // Nobody waits for a read's commit, and what another gateway took away is heard a moment later.
            let isHeard = known?.effect != "read" || known?.gateway == nil
            check(
                (known?.revoked == nil || !isHeard) && known?.isWithheld != true, .withheld,
                "\(call): \(known?.revoked ?? "the ledger says that it was withheld")")
        case .refused(let call, let refusal):
            said(refusal.message)
            checkOutcome(call, "refused", request)
        case .notSent(let call, _):
            // Nothing was begun when the caller went away before.
            if picture.calls[call.raw] != nil { checkOutcome(call, "not_sent", request) }
        case .withheld(let call):
            check(picture.calls[call.raw] != nil, .outcomeFirst, "\(call) is withheld and was never intended")
        case .ask(_, let ticket?):
            check(
                picture.approvals[ticket.approval.raw] != nil, .outcomeFirst,
                "\(ticket.approval) waits and isn't durable")
        case .unknown, .pending, .ask(_, nil), .declined, .tooManyAsks, .connect, .deny, .noSuchTool, .invalid,
            .unavailable:
            break
        }
    }

    /// Of reads alone the outcome may come after the answer.
    private func checkOutcome(_ call: CallID, _ name: String, _ request: ToolCallRequest) {
        guard let known = picture.calls[call.raw] else {
            return violate(.outcomeFirst, "\(call) is \(name) and was never intended")
        }
        check(
            (known.organization, known.agent, known.requester)
                == (request.organization.raw, request.agent.raw, request.requester.person?.raw ?? ""),
            .organization, "\(call) of \(known.requester) is answered to another")
        if known.effect == "read", known.approval == nil, known.window == nil {
            // Nobody waits for it, so that others may have taken over meanwhile.
            if known.outcome == nil || picture.isEnded(known.gateway) { return }
        }
        check(
            known.outcome == name, .outcomeFirst,
            "\(call) is \(name), and the ledger says \(known.outcome ?? "nothing")")
    }

    private func checkLabels(_ call: CallID, _ request: ToolCallRequest) {
        guard let known = picture.calls[call.raw], known.tool == "gmail.mail" else { return }
        // Somebody has had the session forget since.
        guard known.clearings == picture.clearings else { return }
        let labels = picture.labels[Oracle.session(known)]
        check(
            labels?.isOutsider == true && labels?.readers != nil, .labelsFirst,
            "\(call) is answered to \(Oracle.session(known))")
    }

    /// What a provider said goes to whose account it was said to, or whoever may use the agent's.
    private func checkMark(_ text: String, _ request: ToolCallRequest) {
        let parts = text.split(separator: "words-of:", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return }
        let account = parts[1].prefix { $0 != "\"" }
        let name = request.agent.raw == "helper" ? request.requester.person?.raw ?? "" : request.agent.raw
        check(account == "\(name)@\(request.organization).test", .organization, "\(request.requester) got \(account)'s")
    }

    /// A gateway has started.
    func recovered(_ open: [OpenCall]) {
        for call in open where call.state == .open { violate(.recovered, "\(call.id) \(call.tool)") }
    }

    /// Nothing runs any more.
    func atRest() {
        for (id, call) in picture.calls.sorted(by: { $0.key < $1.key }) where call.outcomes != 1 {
            violate(.oneOutcome, "\(id) has \(call.outcomes)")
        }
    }

    /// What a person was shown when they agreed.
    func shown(_ approval: ApprovalID, _ arguments: JSON) {
        picture.approvals[approval.raw]?.arguments = arguments.canonicalText
    }
}

extension JSON {
    /// Equal for equal values, whatever the order of the members.
    var canonicalText: String {
        switch self {
        case .object(let object):
            "{"
                + object.members.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value.canonicalText)" }
                .joined(separator: ",") + "}"
        case .array(let items): "[" + items.map(\.canonicalText).joined(separator: ",") + "]"
        case .null, .bool, .number, .string: text
        }
    }
}
