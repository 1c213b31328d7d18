import Testing

@testable import Gateway

/// What a connection is allowed next, and until when.
struct ConnectionPaceTests {
    private func pace() -> ConnectionPace {
        ConnectionPace(
            .init(head: 10, body: 20, idle: 30, stall: 40, closing: 5), bodyBytes: 100, now: 1_000)
    }

    @Test func `a new connection has as long as a head has, whatever trickles`() {
        var pace = pace()
        #expect(pace.deadline == 1_010)
        #expect(!pace.canBeTold)
        pace.bytesArrived(at: 1_009)
        #expect(pace.deadline == 1_019)
        pace.bytesArrived(at: 1_018)
        #expect(pace.deadline == 1_019)
        #expect(pace.canBeTold)
    }

    @Test func `a body has its time from the head on, and bytes don't prolong it`() {
        var pace = pace()
        pace.bytesArrived(at: 1_001)
        let isTaken = pace.headArrived(length: 100, at: 1_002)
        #expect(isTaken)
        #expect(pace.deadline == 1_022)
        let more = pace.bodyArrived(99)
        #expect(more)
        #expect(pace.deadline == 1_022)
    }

    @Test func `an answer may take as long as it likes`() {
        var pace = pace()
        _ = pace.headArrived(length: 0, at: 1_001)
        pace.requestEnded(at: 1_002)
        #expect(pace.deadline == nil)
        pace.answerEnded(at: 9_000)
        #expect(pace.deadline == 9_030)
    }

    @Test func `what comes behind a request that is being answered waits with it`() {
        var pace = pace()
        _ = pace.headArrived(length: 0, at: 1_001)
        pace.requestEnded(at: 1_002)
        pace.bytesArrived(at: 1_003)
        #expect(pace.deadline == nil)
        _ = pace.headArrived(length: 50, at: 1_004)
        #expect(pace.deadline == nil)
        #expect(!pace.canBeTold, "the answer that is owed first is another's")
        pace.answerEnded(at: 5_000)
        #expect(pace.deadline == 5_020)
    }

    @Test func `a body that is refused early still has to come in time`() {
        var pace = pace()
        _ = pace.headArrived(length: 100, at: 1_001)
        pace.answerEnded(at: 1_002)
        #expect(pace.deadline == 1_021)
        #expect(!pace.canBeTold, "it was told")
        pace.requestEnded(at: 1_010)
        #expect(pace.deadline == 1_040)
    }

    @Test func `bodies are bounded by what is announced and by what comes`() {
        var pace = pace()
        let announced = pace.headArrived(length: 101, at: 1_001)
        #expect(!announced)
        pace = self.pace()
        _ = pace.headArrived(length: nil, at: 1_001)
        let all = pace.bodyArrived(100)
        let more = pace.bodyArrived(1)
        #expect(all && !more)
    }

    @Test func `who doesn't read what was sent is waited for a while, even in an answer`() {
        var pace = pace()
        _ = pace.headArrived(length: 0, at: 1_001)
        pace.requestEnded(at: 1_002)
        pace.writable(false, at: 2_000)
        pace.writable(false, at: 2_010)
        #expect(pace.deadline == 2_040)
        pace.writable(true, at: 2_011)
        #expect(pace.deadline == nil)
    }

    @Test func `after our half is closed the rest follows soon`() {
        var pace = pace()
        pace.closed(at: 3_000)
        pace.closed(at: 3_004)
        #expect(pace.deadline == 3_005)
        #expect(!pace.canBeTold)
    }

    @Test func `limits are set by name`() throws {
        var limits = FaceLimits()
        try limits.set("head-seconds=0.25")
        try limits.set("connections=7")
        #expect(limits.headSeconds == 0.25)
        #expect(limits.connections == 7)
    }

    @Test(arguments: [
        "head-second=1", "head-seconds", "head-seconds=0", "head-seconds=soon", "connections=-1", "=", "",
    ])
    func `what isn't a limit is told`(_ text: String) {
        var limits = FaceLimits()
        #expect(throws: FaceError.self) { try limits.set(text) }
    }

    @Test func `connections are counted in all and from each address`() {
        var limits = FaceLimits()
        (limits.connections, limits.connectionsPerAddress) = (4, 2)
        let room = ConnectionRoom(limits)
        let (one, other) = (SourceAddress("192.0.2.1"), SourceAddress("192.0.2.2"))
        #expect(room.enter(one) && room.enter(one))
        #expect(!room.enter(one))
        #expect(room.enter(other) && room.enter(nil))
        #expect(!room.enter(nil), "a proxy's count in all")
        room.leave(one)
        #expect(room.enter(one))
        for source in [one, one, other, nil] { room.leave(source) }
        #expect(room.count == 0)
    }
}
