import Authority
import Gate
import Synchronization
import Testing

struct LastingClockTests {
    /// What is set by hand, and what goes on.
    private final class Clocks: Sendable {
        let wall = Mutex<Int64>(1_795_000_000)
        let steady = Mutex<Int64>(5_000)

        func pass(_ seconds: Int64) {
            wall.withLock { $0 += seconds }
            steady.withLock { $0 += seconds }
        }

        func set(by seconds: Int64) { wall.withLock { $0 += seconds } }

        var time: Timestamp { wall.withLock { Timestamp(microseconds: $0 * 1_000_000) } }

        var clock: LastingClock {
            LastingClock(wall: { self.time }, steady: { self.steady.withLock { $0 * 1_000_000 } })
        }
    }

    private let clocks = Clocks()

    private func seconds(_ clock: LastingClock) -> Int64 { clock.now().microseconds / 1_000_000 - 1_795_000_000 }

    @Test(arguments: [-18_000, -61, 61, 18_000, 864_000] as [Int64])
    func `a clock that is set isn't followed, however often it is asked`(jump: Int64) {
        let clock = clocks.clock
        clocks.pass(100)
        clocks.set(by: jump)
        for step in 0..<50 {
            #expect(seconds(clock) == 100 + Int64(step) * 10)
            clocks.pass(10)
        }
        clocks.set(by: -jump)
        #expect(seconds(clock) == 600)
    }

    @Test func `small steps of a time service are followed, in both directions`() {
        let clock = clocks.clock
        for step in [20, -45, 60, -60] as [Int64] {
            let before = seconds(clock)
            clocks.set(by: step)
            #expect(seconds(clock) == before + step)
        }
    }

    @Test func `a clock that was set right is believed once a server says the same, and no server alone is`() {
        clocks.set(by: -18_000)
        let clock = clocks.clock
        clocks.set(by: 18_000)
        #expect(seconds(clock) == -18_000)
        let other = Timestamp(microseconds: clocks.time.microseconds + 3_600_000_000)
        #expect(clock.heard(other, from: "https://other.test") == -21_600)
        #expect(seconds(clock) == -18_000)
        #expect(clock.heard(clocks.time, from: "https://id.test") == nil)
        #expect(seconds(clock) == 0)
        #expect(clock.skews.map(\.host) == ["https://other.test"])
    }

    @Test func `a server whose time is another is told of once, until it agrees again`() {
        let clock = clocks.clock
        func said(_ ahead: Int64) -> Int64? {
            clock.heard(
                Timestamp(microseconds: clocks.time.microseconds + ahead * 1_000_000), from: "https://id.test")
        }
        #expect(said(60) == nil && said(-60) == nil && clock.skews.isEmpty)
        #expect(said(300) == -300)
        #expect(said(301) == nil)
        #expect(clock.skews.map(\.seconds) == [-301])
        #expect(said(1) == nil && clock.skews.isEmpty)
        #expect(said(-300) == 300)
    }
}
