import Testing

@testable import Authority

struct TimestampTests {
    @Test(arguments: [Int64.max, .max / 1_000_000, .min, .min / 1_000_000 - 1])
    func `a moment that can't be is the end of time`(seconds: Int64) {
        let moment = Timestamp(microseconds: seconds < 0 ? -1 : 1_000_000).adding(seconds: seconds)
        #expect(moment.microseconds == (seconds < 0 ? .min : .max))
    }

    @Test func `every other is exact`() {
        #expect(Timestamp(microseconds: 5).adding(seconds: -3).microseconds == -2_999_995)
    }
}
