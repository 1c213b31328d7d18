import Telemetry
import Testing

struct ProcessFiguresTests {
    private let stat = """
        42 (a ) (b) S 1 2 3 0 -1 4194560 5 0 0 0 250 50 0 0 20 0 17 0 1000 4096000 300 18446744073709551615 1 1 0 0 0

        """
    private let limits = """
        Limit                     Soft Limit           Hard Limit           Units
        Max cpu time              unlimited            unlimited            seconds
        Max open files            1024                 524288               files
        """

    @Test func `the system's own figures are read, whatever the process calls itself`() throws {
        let figures = try #require(
            ProcessFigures(
                stat: stat, limits: limits, openFiles: 12, bootSeconds: 1_700_000_000, ticksPerSecond: 100,
                pageBytes: 4096))
        #expect(figures.cpuSeconds == 3)
        #expect(figures.threads == 17)
        #expect(figures.startSeconds == 1_700_000_010)
        #expect(figures.virtualBytes == 4_096_000)
        #expect(figures.residentBytes == 1_228_800)
        #expect(figures.openFiles == 12)
        #expect(figures.mostFiles == 1024)
    }

    @Test(arguments: ["", "42 (x", "42 (x) S 1 2"])
    func `what isn't one is no figure`(_ text: String) {
        #expect(
            ProcessFigures(stat: text, limits: "", openFiles: 0, bootSeconds: 0, ticksPerSecond: 100, pageBytes: 1)
                == nil)
    }
}
