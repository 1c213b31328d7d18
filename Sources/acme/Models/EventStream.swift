import Hummingbird
import NIOCore

/// The body of a streamed answer: events one after the other, and what a test wants to go wrong with them.
struct EventStream: Sendable {
    let events: [String]
    /// The connection breaks after the events.
    let isCut: Bool
    let pace: Duration

    init(_ events: [String], _ plan: Plan, error: String, pace: Duration) {
        if let cut = plan.cutAfter {
            self.events = Array(events.prefix(cut))
        } else if let count = plan.errorAfter {
            self.events = events.prefix(count) + [error]
        } else {
            self.events = events
        }
        isCut = plan.cutAfter != nil
        self.pace = pace
    }

    var body: ResponseBody {
        ResponseBody { writer in
            for event in events {
                try await writer.write(ByteBuffer(string: event))
                if pace > .zero { try await Task.sleep(for: pace) }
            }
            if isCut { throw Broken() }
            try await writer.finish(nil)
        }
    }

    private struct Broken: Error {}
}
