import Wire

/// What may be told of a turn to whoever wrote, in the order in which it happened. Neither arguments nor results are in it.
public enum TurnMoment: Sendable, Hashable {
    case began
    /// A model wants these tools called.
    case calls([String])
    /// What came of one of them.
    case called(String, isError: Bool)
    /// What it waits for, as whoever wrote was told; nil when those words were erased.
    case waits(Kind, OutboundContent?)
    /// The reply, or our own words in its place.
    case said(Said)
    case ended(TurnEnding)

    public enum Kind: String, Sendable, CaseIterable {
        case approval, connection
    }

    /// Pure, and it only grows at its end: a place in it is a place for good, on whichever gateway it is read.
    ///
    /// - Parameter said: what was put into the outbox, in its order: a card for each wait, and then the reply.
    static func all(of log: TurnLog, _ state: TurnState, said: [Said?]) -> [TurnMoment] {
        var moments = [TurnMoment.began]
        // Of a turn that was stuck and went on since, that isn't how it ended.
        let isStuck = state == .ended(.failed)
        let said = isStuck ? said : said.filter { $0?.content != OutboundContent.stuck }
        var names: [String: String] = [:]
        var waits = 0
        for step in log.steps {
            switch step {
            case .replied(let reply, _):
                guard !reply.calls.isEmpty else { continue }
                for call in reply.calls { names[call.id] = call.name }
                moments.append(.calls(reply.calls.map(\.name)))
            case .answered(let result): moments.append(.called(names[result.call] ?? "", isError: result.isError))
            case .waits(_, let wait):
                moments.append(.waits(wait.kind, waits < said.count ? said[waits]?.content : nil))
                waits += 1
            case .asked, .calling, .unanswered, .tooLong, .unseen: continue
            }
        }
        switch state {
        case .ready, .parked: break
        case .ended(let ending):
            moments += said.dropFirst(waits).compactMap(\.self).map(TurnMoment.said)
            moments.append(.ended(ending))
        }
        return moments
    }
}

extension TurnWait {
    fileprivate var kind: TurnMoment.Kind {
        switch self {
        case .approval: .approval
        case .connection: .connection
        }
    }
}
