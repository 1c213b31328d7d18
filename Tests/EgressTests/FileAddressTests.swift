import Testing

@testable import Egress

struct FileAddressTests {
    @Test(arguments: [
        ("https://files.slack.com/files-pri/T1-F1/download/a.txt", "https://slack.com", true),
        ("https://slack.com/a?x=1", "https://slack.com", true),
        ("http://127.0.0.1:8/files-pri/a", "http://127.0.0.1:8", true),
        ("http://127.0.0.1:9/files-pri/a", "http://127.0.0.1:8", false),
        ("http://files.slack.com/a", "https://slack.com", false),
        ("https://files.slack.com:8443/a", "https://slack.com", false),
        ("https://evilslack.com/a", "https://slack.com", false),
        ("https://slack.com.evil.test/a", "https://slack.com", false),
        ("https://files.slack.com@evil.test/a", "https://slack.com", false),
        ("https://files.slack.com", "https://slack.com", false),
        ("https://files.slack.com/a b", "https://slack.com", false),
        ("https://files.slack.com/a#b", "https://slack.com", false),
        ("https://files.slack.com/a\r\nHost: evil.test", "https://slack.com", false),
        ("https://169.254.169.254/latest", "https://slack.com", false),
        ("file:///etc/passwd", "https://slack.com", false), ("", "https://slack.com", false),
    ])
    func `a file is fetched where the token belongs, or at a name under it`(
        _ text: String, _ home: String, _ isTaken: Bool
    ) throws {
        #expect((FileAddress(text, of: try #require(Origin(home))) != nil) == isTaken)
    }

    @Test func `path and query are apart`() throws {
        let home = try #require(Origin("https://slack.com"))
        let address = try #require(FileAddress("https://files.slack.com/a/b?t=1&u=2", of: home))
        #expect((address.origin, address.path, address.query) == ("https://files.slack.com", "/a/b", "t=1&u=2"))
    }
}
