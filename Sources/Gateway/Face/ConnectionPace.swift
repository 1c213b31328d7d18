/// What a connection is allowed next, and until when: no I/O, no clock.
///
/// Times are of one clock and without a unit of their own; limits are in the same unit.
struct ConnectionPace {
    /// How long each part may take.
    struct Times {
        let head: Int64
        let body: Int64
        let idle: Int64
        let stall: Int64
        let closing: Int64
    }

    private enum Reading {
        /// Nothing of a request has come yet.
        case nothing(until: Int64)
        case head(until: Int64)
        case body(until: Int64, bytes: Int)
    }

    private let times: Times
    private let bodyBytes: Int
    private var reading: Reading
    /// Requests whose answer isn't finished. More than one when a client doesn't wait for answers.
    private var owed = 0
    private var stalled: Int64?
    private var closing: Int64?

    /// - Parameter now: when the connection began. Its first request has as long as a head has.
    init(_ times: Times, bodyBytes: Int, now: Int64) {
        self.times = times
        self.bodyBytes = bodyBytes
        reading = .nothing(until: now + times.head)
    }

    /// When the connection has had its time; nil while only we are to blame for the waiting.
    var deadline: Int64? {
        if let closing { return closing }
        let read: Int64? =
            switch reading {
            // What comes behind a request that is being answered isn't read yet, so it may take its time.
            case .nothing(let until), .head(let until): owed == 0 ? until : nil
            case .body(let until, _): owed <= 1 ? until : nil
            }
        guard let stalled else { return read }
        return min(stalled, read ?? stalled)
    }

    /// Whether part of a request is there that no answer was begun for: the client can be told what was wrong.
    var canBeTold: Bool {
        guard closing == nil else { return false }
        switch reading {
        case .nothing: return false
        case .head: return owed == 0
        case .body: return owed == 1
        }
    }

    mutating func bytesArrived(at now: Int64) {
        if case .nothing = reading { reading = .head(until: now + times.head) }
    }

    /// - Parameter length: of the body, as the head says it.
    /// - Returns: whether the body may come.
    mutating func headArrived(length: Int?, at now: Int64) -> Bool {
        owed += 1
        reading = .body(until: now + times.body, bytes: 0)
        return length ?? 0 <= bodyBytes
    }

    /// - Returns: whether more may come.
    mutating func bodyArrived(_ count: Int) -> Bool {
        guard case .body(let until, let bytes) = reading else { return true }
        reading = .body(until: until, bytes: bytes + count)
        return bytes + count <= bodyBytes
    }

    mutating func requestEnded(at now: Int64) {
        reading = .nothing(until: now + times.idle)
    }

    mutating func answerEnded(at now: Int64) {
        owed -= 1
        switch reading {
        case .nothing: if owed == 0 { reading = .nothing(until: now + times.idle) }
        case .head: if owed == 0 { reading = .head(until: now + times.head) }
        case .body(_, let bytes): if owed == 1 { reading = .body(until: now + times.body, bytes: bytes) }
        }
    }

    mutating func writable(_ isWritable: Bool, at now: Int64) {
        stalled = isWritable ? nil : stalled ?? now + times.stall
    }

    mutating func closed(at now: Int64) {
        closing = closing ?? now + times.closing
    }
}
