import Telemetry
import Testing

struct DiskTests {
    private static let gib = Int64(1 << 30)

    private func gauge(_ low: String = "1GiB", _ reserve: String = "256MiB") throws -> DiskGauge {
        DiskGauge(low: try #require(DiskBound(low)), reserve: try #require(DiskBound(reserve)))
    }

    private func look(_ gauge: inout DiskGauge, free: Int64, total: Int64 = 100 * gib) -> DiskGauge.State {
        _ = gauge.look(DiskSpace(free: free, total: total))
        return gauge.state
    }

    @Test func `first somebody is told, then the rest is kept`() throws {
        var gauge = try gauge()
        #expect(look(&gauge, free: 2 * Self.gib) == .fine)
        #expect(look(&gauge, free: Self.gib - 1) == .low)
        #expect(look(&gauge, free: 256 << 20) == .low)
        #expect(look(&gauge, free: (256 << 20) - 1) == .reserved)
        #expect(look(&gauge, free: 0) == .reserved)
    }

    @Test func `it gets better by itself, with a little more than the bound`() throws {
        var gauge = try gauge()
        _ = look(&gauge, free: 0)
        #expect(look(&gauge, free: 257 << 20) == .reserved)
        #expect(look(&gauge, free: 270 << 20) == .low)
        #expect(look(&gauge, free: Self.gib + 1) == .low)
        #expect(look(&gauge, free: 2 * Self.gib) == .fine)
    }

    @Test func `only a change is news`() throws {
        var gauge = try gauge()
        let news = [2 * Self.gib, 0, 1, 2 * Self.gib].map { free in
            gauge.look(DiskSpace(free: free, total: 100 * Self.gib))
        }
        #expect(news == [false, true, false, true])
    }

    @Test func `of two bounds the lesser holds, so that a small disk isn't full from the start`() throws {
        var gauge = try gauge("1GiB,10%", "256MiB,5%")
        #expect(look(&gauge, free: 200 << 20, total: Self.gib) == .fine)
        #expect(look(&gauge, free: 100 << 20, total: Self.gib) == .low)
        #expect(look(&gauge, free: 50 << 20, total: Self.gib) == .reserved)
    }

    @Test(arguments: ["", "10", "0%", "100%", "1KiB", "1GiB,10%", "10%,1GiB", "4TiB"].dropFirst())
    func `a bound is bytes, percent or both`(_ text: String) {
        #expect(DiskBound(text) != nil)
    }

    @Test(arguments: [
        "", "x", "-1", "101%", "1GB", "1GiB,2GiB", "10%,5%", "1GiB,", "nan%", "99999999999999GiB", "1 GiB",
    ])
    func `what isn't one is none`(_ text: String) {
        #expect(DiskBound(text) == nil)
    }
}
