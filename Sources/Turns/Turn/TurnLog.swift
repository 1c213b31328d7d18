public import Gate

/// What has happened in a turn, and by that what comes next. Pure: the same steps always lead to the same move, on
/// whichever gateway and however often it was restarted.
public struct TurnLog: Sendable, Hashable {
    public private(set) var steps: [TurnStep]

    public init(_ steps: [TurnStep]) {
        self.steps = steps
    }

    public mutating func append(_ step: TurnStep) { steps.append(step) }

    public enum Move: Sendable, Hashable {
        case ask
        /// Under this id, when it was begun already.
        case call(ModelToolCall, begun: CallID?)
        case say(String)
        /// The limit of ``TurnLimits/replies`` is reached.
        case giveUp
    }

    public func next(within limits: TurnLimits) -> Move {
        guard let reply = lastReply else { return .ask }
        if let open = reply.calls.first(where: { !isAnswered($0.id) }) { return .call(open, begun: begun(open.id)) }
        if reply.calls.isEmpty { return .say(reply.text) }
        return replies < limits.replies ? .ask : .giveUp
    }

    /// What was written.
    var question: String? {
        switch steps.first {
        case .asked(let text): text
        case .replied, .calling, .answered, .waits, .unanswered, .tooLong, .unseen, nil: nil
        }
    }

    func hasCalled(_ tool: String) -> Bool {
        steps.contains { step in
            switch step {
            case .replied(let reply, _): reply.calls.contains { $0.name == tool }
            case .asked, .calling, .answered, .waits, .unanswered, .tooLong, .unseen: false
            }
        }
    }

    /// How often endpoints didn't answer since the last reply.
    public func failures(of endpoint: String) -> Int {
        steps.reversed().prefix {
            switch $0 {
            case .unanswered, .tooLong, .unseen, .waits: true
            case .asked, .replied, .calling, .answered: false
            }
        }.count { step in
            switch step {
            case .unanswered(endpoint, _): true
            case .unanswered, .tooLong, .unseen, .waits, .asked, .replied, .calling, .answered: false
            }
        }
    }

    public var replies: Int {
        steps.count { step in
            switch step {
            case .replied: true
            case .asked, .calling, .answered, .waits, .unanswered, .tooLong, .unseen: false
            }
        }
    }

    public var usage: ModelUsage {
        steps.reduce(into: ModelUsage()) { usage, step in
            switch step {
            case .replied(let reply, _):
                usage.input += reply.usage.input
                usage.output += reply.usage.output
            case .asked, .calling, .answered, .waits, .unanswered, .tooLong, .unseen: break
            }
        }
    }

    /// As a model is shown it.
    public var messages: [ModelMessage] {
        var messages: [ModelMessage] = []
        var results: [ModelToolResult] = []
        func flush() {
            if !results.isEmpty { messages.append(.results(results)) }
            results = []
        }
        for step in steps {
            switch step {
            case .asked(let text): messages.append(.user(text))
            case .replied(let reply, _):
                flush()
                messages.append(.assistant(reply.text, reply.calls))
            case .answered(let result): results.append(result)
            case .calling, .waits, .unanswered, .tooLong, .unseen: break
            }
        }
        flush()
        return messages
    }

    private var lastReplyIndex: Int? {
        steps.lastIndex { step in
            switch step {
            case .replied: true
            case .asked, .calling, .answered, .waits, .unanswered, .tooLong, .unseen: false
            }
        }
    }

    private var lastReply: ModelReply? {
        guard let index = lastReplyIndex else { return nil }
        switch steps[index] {
        case .replied(let reply, _): return reply
        case .asked, .calling, .answered, .waits, .unanswered, .tooLong, .unseen: return nil
        }
    }

    private var sinceReply: ArraySlice<TurnStep> { steps[((lastReplyIndex ?? -1) + 1)...] }

    private func isAnswered(_ call: String) -> Bool {
        sinceReply.contains { step in
            switch step {
            case .answered(let result): result.call == call
            case .asked, .replied, .calling, .waits, .unanswered, .tooLong, .unseen: false
            }
        }
    }

    /// The id of a call that was begun and whose end isn't kept. One that has waited since is a new call.
    private func begun(_ call: String) -> CallID? {
        var begun: CallID?
        for step in sinceReply {
            switch step {
            case .calling(call, let id): begun = id
            case .waits(call, _): begun = nil
            case .asked, .replied, .calling, .answered, .waits, .unanswered, .tooLong, .unseen: break
            }
        }
        return begun
    }
}

/// How much one turn may do.
public struct TurnLimits: Sendable, Hashable {
    /// Replies of models.
    public let replies: Int
    /// Scalars of a tool's result that a model is shown.
    public let resultLength: Int
    /// Scalars of earlier turns that a model is shown, and of the summary of those before them.
    public let contextLength: Int
    /// Tries of one endpoint before the next one is asked.
    public let tries: Int
    /// Seconds that a parked turn may wait.
    public let patience: Int64

    public init(
        replies: Int = 24, resultLength: Int = 60_000, contextLength: Int = 200_000, tries: Int = 4,
        patience: Int64 = 7 * 86_400
    ) {
        self.replies = replies
        self.resultLength = resultLength
        self.contextLength = contextLength
        self.tries = tries
        self.patience = patience
    }
}
