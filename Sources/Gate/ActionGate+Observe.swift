import Authority

extension ActionGate {
    /// How many calls are under way in this process.
    public var underWay: Int { inFlight.count }

    /// Tells the observer how long a stage took. Without an observer no clock is read.
    func observed<Value>(
        _ stage: GateStage, of call: CallID, _ body: () async throws -> Value
    ) async rethrows -> Value {
        guard let observer else { return try await body() }
        let start = ContinuousClock.now
        defer { observer.passed(stage, of: call, Stretch(from: start, to: .now)) }
        return try await body()
    }

    /// Has the observer run the whole call.
    func observed(
        _ request: ToolCallRequest, as call: CallID, _ body: (inout EndedCall.Judged?) async -> Answer
    ) async -> Answer {
        var judged: EndedCall.Judged?
        guard let observer else { return await body(&judged) }
        var answer: Answer?
        await observer.observing(call) {
            let given = await body(&judged)
            answer = given
            return EndedCall(
                id: call, organization: request.organization, agent: request.agent, judged: judged, answer: given.name)
        }
        return answer ?? .unavailable("the call wasn't run")
    }
}

extension EndedCall.Judged {
    init(_ judged: JudgedRequest) {
        self.init(
            tool: judged.tool.spec.name, identity: judged.gathered.mandate.definition.actsAs,
            effect: judged.tool.spec.effect,
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
