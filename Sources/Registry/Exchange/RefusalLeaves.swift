import Authority
import Synchronization
import Wire

/// How many leaves a client's refusals leave. What is over is counted in the next one, so that no client fills the ledger.
final class RefusalLeaves: Sendable {
    private struct Span {
        var since: Timestamp
        var noted = 0
        var unnoted = 0
    }

    /// So many in so many seconds, of one client.
    static let (most, seconds): (Int, Int64) = (100, 300)

    private let spans = Mutex<[OAuthClientID: Span]>([:])

    /// How many refusals before this one left no leaf; nil where this one leaves none either.
    func unnoted(of client: OAuthClientID, at now: Timestamp) -> Int? {
        spans.withLock { spans in
            var span = spans[client] ?? Span(since: now)
            defer { spans[client] = span }
            if now >= span.since.adding(seconds: RefusalLeaves.seconds) { (span.since, span.noted) = (now, 0) }
            guard span.noted < RefusalLeaves.most else {
                span.unnoted += 1
                return nil
            }
            span.noted += 1
            defer { span.unnoted = 0 }
            return span.unnoted
        }
    }
}
