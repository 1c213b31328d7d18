import Foundation
import Testing

@testable import deputy

@Suite struct MomentTests {
    private let now = Date(timeIntervalSince1970: 1_795_247_252)

    @Test(arguments: [
        ("2026-11-21", 1_795_219_200), ("2026-11-21T07:46:03Z", 1_795_247_163),
        ("2026-11-21T08:46:03+01:00", 1_795_247_163),
        ("90s", 1_795_247_162), ("30m", 1_795_245_452), ("12h", 1_795_204_052), ("7d", 1_794_642_452),
    ]) func `days, times and how long ago are read`(text: String, seconds: Int64) throws {
        #expect(try Moment.parse(text, as: "--since", now: now) == seconds * 1_000_000)
    }

    @Test(arguments: [
        "", "yesterday", "2026-13-01", "-3h", "3 h", "12", "2026-11-21 07:46", "9223372036854775807d", "99999999d",
    ])
    func `anything else is refused with examples`(text: String) {
        let failure = #expect(throws: CommandFailure.self) { try Moment.parse(text, as: "--since", now: now) }
        #expect(failure?.hint?.contains("12h") == true)
    }

    @Test(arguments: [
        ("2026-11-22", 1_795_305_600), ("2026-11-21T07:47:33Z", 1_795_247_253),
    ]) func `an end is a day or a time that is to come`(text: String, seconds: Int64) throws {
        #expect(try Moment.end(text, as: "--secret-expires", now: now) == seconds * 1_000_000)
    }

    @Test(arguments: ["30d", "tomorrow", "", "2026-11-21", "2026-11-21T07:47:32Z", "2020-01-01"])
    func `how long ago and what is over are no end`(text: String) {
        let failure = #expect(throws: CommandFailure.self) {
            try Moment.end(text, as: "--secret-expires", now: now)
        }
        #expect(failure?.hint?.contains("2027-05-31") == true)
    }

    @Test func `what is left is told until there is nothing left`() {
        #expect(Moment.left(until: 1_795_247_252_000_000 + 90_000_000, now: now) == "in 1 min")
        #expect(Moment.left(until: 1_795_247_252_000_000, now: now) == "")
    }

    @Test func `times are shown in UTC`() {
        #expect(Moment.text(1_795_247_163_999_999) == "2026-11-21 07:46:03")
    }

    @Test(arguments: [(0, "0 s"), (59, "59 s"), (60, "1 min"), (3599, "59 min"), (7200, "2 h"), (200_000, "2 days")])
    func `idle time is told in its greatest unit`(seconds: Int64, words: String) {
        #expect(Ago.words(seconds: seconds) == words)
    }
}
