import Testing

@testable import Wire

struct RetryAfterTests {
    @Test(arguments: [
        ("30", 30), ("0", 1), ("-1", 1), ("1.5", 2), ("9223372036854775807", 86_400), ("-9223372036854775808", 1),
        ("99999999999999999999999", 86_400), ("inf", 86_400), ("1000000000000000", 86_400),
    ]) func `whatever number comes, the wait is from a second to a day`(text: String, seconds: Int) {
        #expect(RetryAfter.seconds(text) == seconds)
    }

    @Test(arguments: ["", "soon", "nan", "Fri, 31 Dec 1999 23:59:59 GMT"]) func `what is no number says nothing`(
        text: String
    ) {
        #expect(RetryAfter.seconds(text) == nil)
        #expect(RetryAfter.seconds(nil) == nil)
    }
}
