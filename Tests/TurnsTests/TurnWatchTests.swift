import Authority
import Testing

@testable import Turns

struct TurnWatchTests {
    private let events = TurnEvents()
    private let place = ConversationID(raw: "c")
    private let turn = TurnID("t")

    @Test func `a slow watcher loses nothing of what a model says`() async throws {
        let watch = events.watch(place)
        for number in 0..<5_000 { events.tell(.heard(turn, "\(number),"), in: place) }
        events.tell(.moved(turn), in: place)
        events.tell(.moved(turn), in: place)
        events.tell(.heard(turn, "end"), in: place)
        let words = (0..<5_000).map { "\($0)," }.joined()
        #expect(await watch.next(atMost: .seconds(9)) == [.heard(turn, words), .moved(turn), .heard(turn, "end")])
        #expect(await watch.next(atMost: .zero) == [])
    }

    @Test func `a watcher is told of its conversation alone, until it is ended`() async {
        let watch = events.watch(place)
        events.tell(.moved(turn), in: ConversationID(raw: "other"))
        #expect(await watch.next(atMost: .zero) == [])
        watch.end()
        events.tell(.moved(turn), in: place)
        #expect(await watch.next(atMost: .seconds(9)) == nil)
    }

    @Test func `when the process stops every watcher is ended, and none begins`() async {
        let watch = events.watch(place)
        events.close()
        #expect(await watch.next(atMost: .seconds(9)) == nil)
        #expect(await events.watch(place).next(atMost: .seconds(9)) == nil)
    }

    @Test func `who never reads is ended before it takes much room`() async {
        let watch = events.watch(place)
        let piece = String(repeating: "a", count: 1_000)
        for _ in 0..<1_200 { events.tell(.heard(turn, piece), in: place) }
        #expect(await watch.next(atMost: .seconds(9)) == nil)
    }
}
