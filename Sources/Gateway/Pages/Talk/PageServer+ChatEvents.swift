import Console
import HTTPTypes
import Hummingbird
import NIOCore
import Turns
import Wire

/// A conversation live: server-sent events (HTML Living Standard section 9.2).
extension PageServer {
    /// Who signs out sees nothing new after this many seconds at the latest: the browser asks anew.
    private static let longestWatch = 120
    private static let betweenSigns = 15

    @Sendable func chatEvents(_ visit: Visit) async throws -> Response {
        let talk = try talkPlace(visit)
        let (stream, end) = PageServer.withSigns(desks.talk.events.watch(talk.conversation(of: visit.person)))
        let seat = watches.enter(Visitor(organization: visit.organization, person: visit.person), end: end)
        let body = ResponseBody { writer in
            defer { seat.leave() }
            for await event in stream { try await writer.write(ByteBuffer(string: PageServer.text(of: event))) }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: [.contentType: "text/event-stream"], body: body)
    }

    private static func text(of event: TurnEvents.Event?) -> String {
        switch event {
        case .moved: "event: moved\ndata: 1\n\n"
        case .heard(_, let piece):
            "event: heard\ndata: \(JSON.string(Inert.text(piece, keepsLines: true)).text)\n\n"
        case nil: ": here\n\n"
        }
    }

    /// With a sign of life now and then (nil), and an end.
    private static func withSigns(
        _ events: AsyncStream<TurnEvents.Event>
    ) -> (stream: AsyncStream<TurnEvents.Event?>, end: @Sendable () -> Void) {
        let (stream, continuation) = AsyncStream.makeStream(
            of: TurnEvents.Event?.self, bufferingPolicy: .bufferingNewest(256))
        let feeding = Task {
            for await event in events { continuation.yield(event) }
            continuation.finish()
        }
        let signing = Task {
            continuation.yield(nil)
            for _ in 0..<(longestWatch / betweenSigns) {
                try? await Task.sleep(for: .seconds(betweenSigns))
                continuation.yield(nil)
            }
            continuation.finish()
        }
        continuation.onTermination = { _ in
            feeding.cancel()
            signing.cancel()
        }
        return (stream, { continuation.finish() })
    }
}
