/// The order that the records of one call keep: a permit, at most one intent, at most one outcome. Remembers the calls
/// that aren't finished, no others.
struct LedgerCalls: Sendable {
    private enum State {
        case permitted
        case open(position: Int64, time: Int64)
    }

    private var states: [String: State] = [:]

    /// The intents without an outcome, oldest first.
    var open: [LedgerReport.OpenIntent] {
        states.compactMap { call, state in
            switch state {
            case .permitted: nil
            case .open(let position, let time):
                LedgerReport.OpenIntent(call: call, position: position, time: time)
            }
        }.sorted { $0.position < $1.position }
    }

    mutating func note(_ record: ExaminedRecord.Head, at position: Int64) throws(LedgerFault) {
        switch record.kind {
        case .decision: decide(record)
        case .intent: try begin(record, at: position)
        case .outcome: try end(record, at: position)
        case .approval, .authority, .epoch, .session, .heartbeat, .model: break
        }
    }

    /// The last decision before the intent counts; one that comes later, for a repeat of the call, changes nothing.
    private mutating func decide(_ record: ExaminedRecord.Head) {
        guard let call = record.call else { return }
        let former = record.isPermit ? states.updateValue(.permitted, forKey: call) : states.removeValue(forKey: call)
        if case .open = former {
            states[call] = former
        }
    }

    private mutating func begin(_ record: ExaminedRecord.Head, at position: Int64) throws(LedgerFault) {
        guard let call = record.call, let place = states.index(forKey: call), case .permitted = states.values[place]
        else {
            throw LedgerFault(
                position, .intentWithoutPermit, "the intent at \(position) follows no unused permit of its call")
        }
        states.values[place] = .open(position: position, time: record.time)
    }

    private mutating func end(_ record: ExaminedRecord.Head, at position: Int64) throws(LedgerFault) {
        guard let call = record.call, let place = states.index(forKey: call), case .open = states.values[place]
        else {
            throw LedgerFault(
                position, .outcomeWithoutIntent, "the outcome at \(position) follows no open intent of its call")
        }
        states.remove(at: place)
    }
}
