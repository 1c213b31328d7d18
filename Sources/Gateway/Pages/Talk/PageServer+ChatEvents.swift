import Console
import HTTPTypes
import Hummingbird
import NIOCore
import Registry
import Turns
import Wire

/// A conversation live: server-sent events (HTML Living Standard section 9.2).
extension PageServer {
    /// The browser asks anew after so many seconds.
    private static let longestWatch = Duration.seconds(120)
    private static let betweenSigns = Duration.seconds(15)
    /// Who signs out, is suspended or loses the agent sees nothing new after this.
    private static let lookAtPerson = Duration.seconds(1)

    @Sendable func chatEvents(_ visit: Visit) async throws -> Response {
        let talk = try talkPlace(visit)
        // Whoever may not use the agent has nothing to come back for: a browser asks again after anything but this.
        if await mayStillRead(visit, talk) == false { return Response(status: .noContent) }
        let watch = desks.talk.events.watch(talk.conversation(of: visit.person))
        let seat = watches.enter(visit.visitor, end: watch.end)
        let body = ResponseBody { writer in
            defer {
                watch.end()
                seat.leave()
            }
            let began = ContinuousClock.now
            var signed = began
            var looked = began
            try await writer.write(ByteBuffer(string: PageServer.sign))
            while ContinuousClock.now - began < PageServer.longestWatch,
                let events = await watch.next(atMost: PageServer.lookAtPerson)
            {
                if ContinuousClock.now - looked >= PageServer.lookAtPerson {
                    let mayRead = await mayStillRead(visit, talk)
                    if mayRead == false { try await writer.write(ByteBuffer(string: PageServer.over)) }
                    guard mayRead == true else { break }
                    looked = .now
                }
                var text = events.map(PageServer.text).joined()
                if text.isEmpty, ContinuousClock.now - signed >= PageServer.betweenSigns { text = PageServer.sign }
                guard !text.isEmpty else { continue }
                try await writer.write(ByteBuffer(string: text))
                signed = .now
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: [.contentType: "text/event-stream"], body: body)
    }

    /// - Returns: nil when that can't be told just now.
    private func mayStillRead(_ visit: Visit, _ talk: TalkPlace) async -> Bool? {
        switch try? await desks.browsers.isSignedIn(visit.signedIn.session) {
        case true?: await desks.mayUse(talk.agent, visit.person, visit.organization)
        case false?: false
        case nil: nil
        }
    }

    /// Nothing more comes, now or later.
    private static let over = "event: over\ndata: 1\n\n"

    /// A sign of life.
    private static let sign = ": here\n\n"

    private static func text(of event: TurnEvents.Event) -> String {
        switch event {
        case .moved: "event: moved\ndata: 1\n\n"
        case .heard(_, let piece):
            "event: heard\ndata: \(JSON.string(Inert.text(piece, keepsLines: true)).text)\n\n"
        }
    }
}
