import Authority
import Testing

struct TimingTests {
    private func time(_ seconds: Int64) -> Timestamp { Timestamp(microseconds: seconds * 1_000_000) }

    @Test func `an interval is counted from when it was set, and never drifts`() {
        let timing = Timing.every(900)
        #expect(timing.next(after: time(1_000), since: time(1_000), in: .utc) == time(1_900))
        #expect(timing.next(after: time(1_900), since: time(1_000), in: .utc) == time(2_800))
        #expect(timing.next(after: time(1_000_003), since: time(1_000), in: .utc) == time(1_000_900))
        #expect(timing.next(after: time(5), since: time(1_000), in: .utc) == time(1_900))
    }

    @Test func `a time comes once, by the clocks of its zone`() throws {
        let wall = try #require(Timing.wallTime("2026-12-24T18:00"))
        let east = ZoneClock { _ in 3_600 }
        let due = time(wall - 3_600)
        #expect(Timing.once(wall).next(after: time(0), since: time(0), in: east) == due)
        #expect(Timing.once(wall).next(after: due, since: time(0), in: east) == nil)
    }

    @Test(arguments: [
        "2026-13-01T00:00", "2026-02-29T00:00", "2026-12-24", "2026-12-24T24:00", "2026-12-24T18:60",
        "2026-12-24T18:00Z",
        "2026-12-24 18:00", "26-12-24T18:00", "",
    ]) func `what isn't a time is refused`(text: String) {
        #expect(Timing.wallTime(text) == nil)
    }

    @Test func `intervals have bounds`() {
        #expect(Timing.interval("15m") == 900)
        #expect(Timing.interval("2h") == 7_200)
        #expect(Timing.interval("1d") == 86_400)
        for text in ["0m", "30s", "1", "m", "-5m", "367d", "99999999d", "1.5h", ""] {
            #expect(Timing.interval(text) == nil, "`\(text)`")
        }
    }
}
