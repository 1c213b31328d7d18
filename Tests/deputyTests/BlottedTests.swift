import Testing

@testable import deputy

@Suite struct BlottedTests {
    @Test(arguments: [
        ("`https://user:s3cr3t@evil.example/mcp` isn't open", "`https://…@evil.example/mcp` isn't open"),
        ("`https://evil.example/mcp?key=s3cr3t` isn't it", "`https://evil.example/mcp?…` isn't it"),
        ("(postgresql://a:s3cr3t@[::1]:1/db?password=s3cr3t)", "(postgresql://…@[::1]:1/db?…)"),
        ("open http://127.0.0.1:8137/connect/flow_1", "open http://127.0.0.1:8137/connect/flow_1"),
        ("https://a.example/x@y", "https://a.example/x@y"), ("what? nothing", "what? nothing"),
    ]) func `an address is shown without a user, a password and a query`(text: String, shown: String) {
        #expect(Blotted.addresses(text) == shown)
    }

    @Test func `an argument that isn't taken is shown by its beginning`() {
        #expect(
            Blotted.arguments(
                "Error: 2 unexpected arguments: 'alice', 'ntn_0123456789abcdef'\nUsage: 'deputy connections add'")
                == "Error: 2 unexpected arguments: 'alice', 'ntn_…'\nUsage: 'deputy connections add'")
        #expect(
            Blotted.arguments("Error: Missing expected argument '<provider-name>'")
                == "Error: Missing expected argument '<provider-name>'")
    }
}
