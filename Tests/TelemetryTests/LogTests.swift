import Logging
import Synchronization
import Telemetry
import Testing
import Tracing
import Wire

struct LogTests {
    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])

        var all: [String] { lines.withLock { $0 } }

        func sink(
            _ format: LogFormat, level: Logger.Level = .info, isForJournal: Bool = false,
            redact: @escaping @Sendable (String) -> String = { $0 }
        ) -> LogSink {
            LogSink(
                format: format, level: level, isForJournal: isForJournal, now: { 1_795_259_163_000_042 },
                redact: redact, write: { line in self.lines.withLock { $0.append(line) } })
        }
    }

    private let lines = Lines()

    @Test func `logfmt says time, level, message and what belongs to it`() {
        lines.sink(.logfmt).logger("deputy").warning("a write was lost", metadata: ["call": "call_1", "empty": ""])
        #expect(
            lines.all == [
                "time=2026-11-21T11:06:03.000042Z level=warning message=\"a write was lost\" logger=deputy call=call_1 "
                    + "empty=\"\"\n"
            ])
    }

    @Test func `JSON is one object a line, of strings`() throws {
        lines.sink(.json).logger("deputy").info("call answered", metadata: ["call": "call_1"])
        #expect(
            try JSON.parse(Array(lines.all[0].utf8)) == [
                "time": "2026-11-21T11:06:03.000042Z", "level": "info", "message": "call answered",
                "logger": "deputy", "call": "call_1",
            ])
        #expect(lines.all[0].hasSuffix("}\n"))
    }

    static let attacks = [
        "a\nlevel=critical message=forged", "a\r\n{\"level\":\"critical\"}", "\u{1B}[2J\u{1B}]0;owned\u{07}",
        "\",\"level\":\"critical\",\"x\":\"", "a\u{2028}b\u{2029}c\u{85}d", "\u{9B}31mred", "\u{202E}gnp.exe",
        "zero\u{200B}width\u{FEFF}", "tab\tback\\slash \"quoted\"", "\u{0}", "=cmd|' /C calc'!A0", "x y=z",
        "\u{E0001}tag",
    ]

    @Test(arguments: attacks, LogFormat.allCases)
    func `policy 15: whatever a value holds, it stays one value of one line`(_ attack: String, _ format: LogFormat)
        throws
    {
        let log = lines.sink(format).logger("deputy")
        log.error("\(attack)", metadata: ["reason": "\(attack)"])
        let line = try #require(lines.all.first)
        #expect(line.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).count == 2)
        let body = line.unicodeScalars.dropLast()
        #expect(
            body.allSatisfy {
                switch $0.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator: false
                default: true
                }
            })
        switch format {
        case .json:
            let object = try JSON.parse(Array(line.utf8))
            #expect(object["level"] == "error")
            #expect(object["message"]?.stringValue == attack)
            #expect(object["reason"]?.stringValue == attack)
            #expect(object.objectValue?.members.count == 5)
        case .logfmt:
            #expect(line.firstRange(of: " level=error ") != nil)
            #expect(
                line.ranges(of: " level=").filter { $0.lowerBound < line.index(line.startIndex, offsetBy: 60) }.count
                    == 1)
        }
    }

    @Test func `policy 15: a key can't break out either, nor take the place of ours`() throws {
        lines.sink(.logfmt).logger("deputy").info("x", metadata: ["a b\n": "1", "level": "critical"])
        #expect(lines.all[0].hasSuffix(" logger=deputy a_b_=1 level_=critical\n"))
    }

    @Test func `policy 17: every text is redacted before a line is made of it`() {
        let sink = lines.sink(.json, redact: { $0.replacing("hunter2", with: "[redacted]") })
        var log = sink.logger("deputy")
        log[metadataKey: "always"] = "hunter2"
        log.info("got hunter2", metadata: ["list": ["hunter2"], "error": "no hunter2"])
        #expect(!lines.all[0].contains("hunter2"))
        #expect(lines.all[0].ranges(of: "[redacted]").count == 4)
    }

    @Test func `long values are cut`() {
        lines.sink(.logfmt).logger("deputy").info("\(String(repeating: "x", count: 100_000))")
        #expect(lines.all[0].utf8.count < 2_200)
    }

    @Test func `the level changes for every logger while it runs`() {
        let sink = lines.sink(.logfmt, level: .warning)
        let log = sink.logger("deputy")
        log.info("no")
        sink.level = .debug
        log.debug("yes")
        sink.level = .error
        log.warning("no")
        #expect(lines.all.count == 1)
        #expect(log.logLevel == .error)
    }

    @Test func `for the journal a line begins with its priority`() {
        let log = lines.sink(.json, isForJournal: true).logger("deputy")
        log.error("x")
        log.info("x")
        #expect(lines.all.map { String($0.prefix(4)) } == ["<3>{", "<6>{"])
    }

    @Test func `within a trace a line says where`() async {
        let told = Told()
        let log = lines.sink(.logfmt).logger("deputy")
        told.tracer().withSpan("call") { _ in log.info("x") }
        #expect(lines.all[0].contains(" trace_id=00000000000000010000000000000002 span_id=0000000000000003"))
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000000Z"), (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
        (1_709_251_199_999_999, "2024-02-29T23:59:59.999999Z"), (4_107_542_400_000_000, "2100-03-01T00:00:00.000000Z"),
        (-1, "1969-12-31T23:59:59.999999Z"),
    ])
    func `times are those of RFC 3339`(_ microseconds: Int64, _ text: String) {
        let lines = Mutex<[String]>([])
        let sink = LogSink(
            format: .logfmt, level: .info, now: { microseconds }, write: { line in lines.withLock { $0.append(line) } })
        sink.logger("x").info("x")
        #expect(lines.withLock { $0[0] }.hasPrefix("time=\(text) "))
    }
}
