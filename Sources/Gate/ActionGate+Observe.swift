import Authority

extension ActionGate {
    /// Tells the observer how long a stage took. Without an observer no clock is read.
    func observed<Value>(
        _ stage: GateStage, of call: CallID, _ body: () async throws -> Value
    ) async rethrows -> Value {
        guard let observer else { return try await body() }
        let start = ContinuousClock.now
        defer { observer.passed(stage, of: call, Stretch(from: start, to: .now)) }
        return try await body()
    }

    /// Tells the observer of the whole call.
    func observed(
        _ request: ToolCallRequest, as call: CallID, _ body: (inout EndedCall.Judged?) async -> Answer
    ) async -> Answer {
        var judged: EndedCall.Judged?
        guard let observer else { return await body(&judged) }
        let start = ContinuousClock.now
        let answer = await body(&judged)
        observer.ended(
            EndedCall(
                id: call, organization: request.organization, agent: request.agent, tool: request.tool,
                judged: judged, answer: answer.name), Stretch(from: start, to: .now))
        return answer
    }
}

extension EndedCall.Judged {
    init(_ judged: JudgedRequest) {
        self.init(
            identity: judged.gathered.mandate.definition.actsAs, effect: judged.tool.spec.effect,
            layer: judged.decision.decisive.first?.layer)
    }
}

extension Answer {
    /// The case, in the words of the ledger and of clients.
    public var name: String {
        switch self {
        case .done: "done"
        case .edited(_, _, let answer): answer.name
        case .refused: "refused"
        case .notSent: "not_sent"
        case .unknown: "unknown"
        case .withheld: "withheld"
        case .pending: "pending"
        case .ask: "asked"
        case .declined: "declined"
        case .tooManyAsks: "too_many_asks"
        case .connect: "connect"
        case .deny: "denied"
        case .noSuchTool: "no_such_tool"
        case .invalid: "invalid"
        case .unavailable: "unavailable"
        }
    }
}
