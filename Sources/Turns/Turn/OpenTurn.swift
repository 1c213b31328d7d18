import Gate

/// A turn with everything that happened in it.
struct OpenTurn: Sendable {
    var turn: Turn
    var log: TurnLog
    /// What the requester may see, as of the last time that it was asked for.
    var tools: SeenTools?
    /// By file, those that a model was shown while this process was at it.
    var pictures: [String: [UInt8]] = [:]

    init(_ turn: Turn, _ log: TurnLog) {
        self.turn = turn
        self.log = log
    }

    init(_ turn: Turn, _ payloads: PayloadKeeper) async throws {
        self.turn = turn
        guard let message = try await payloads.open(turn.payload(of: 0)).flatMap(InboundMessage.init(json:)) else {
            throw TurnError.erased
        }
        var steps = [TurnStep.asked(message.shown)]
        for number in 1..<max(turn.steps, 1) {
            guard let step = try await payloads.open(turn.payload(of: number)).flatMap(TurnStep.init(json:)) else {
                throw TurnError.erased
            }
            steps.append(step)
        }
        log = TurnLog(steps)
    }
}

enum TurnError: Error {
    /// The words of a step aren't there any more.
    case erased
}
