import Testing
import Wire

@testable import deputy

@Suite struct ClientFileTests {
    private let entry = ClientEntry(
        name: "deputy-notes", url: "https://deputy.example/mcp/notes", variable: "DEPUTY_TOKEN")

    private func merged(
        _ existing: String?, _ client: ConfiguredClient = .claude, isForced: Bool = false
    ) throws -> JSON {
        let text = try ClientFile.text(existing, with: entry, for: client, at: "FILE", isForced: isForced)
        #expect(text.hasSuffix("}\n"))
        return try JSON.parse(Array(text.utf8))
    }

    @Test(arguments: [nil, "", "  \n", "{}"]) func `an empty file gets the whole configuration`(existing: String?)
        throws
    {
        #expect(
            try merged(existing) == [
                "mcpServers": [
                    "deputy-notes": [
                        "type": "http", "url": "https://deputy.example/mcp/notes",
                        "headers": ["Authorization": "Bearer ${DEPUTY_TOKEN}"],
                    ]
                ]
            ])
        #expect(
            try merged(existing, .cursor)["mcpServers"]?["deputy-notes"] == [
                "url": "https://deputy.example/mcp/notes",
                "headers": ["Authorization": "Bearer ${env:DEPUTY_TOKEN}"],
            ])
        #expect(
            try merged(existing, .vscode) == [
                "servers": [
                    "deputy-notes": [
                        "type": "http", "url": "https://deputy.example/mcp/notes",
                        "headers": ["Authorization": "Bearer ${input:deputy-notes-token}"],
                    ]
                ],
                "inputs": [
                    [
                        "type": "promptString", "id": "deputy-notes-token", "description": "Token for deputy-notes",
                        "password": true,
                    ]
                ],
            ])
    }

    @Test func `what is there stays, numbers exactly and in its order`() throws {
        let existing =
            #"{"z":1.50,"mcpServers":{"other":{"command":"x","args":["\u00e9"]}},"a":{"n":12345678901234567890}}"#
        let file = try merged(existing)
        #expect(file.objectValue?.keys == ["z", "mcpServers", "a"])
        #expect(file["mcpServers"]?.objectValue?.keys == ["other", "deputy-notes"])
        var without = try #require(file.objectValue)
        var servers = try #require(without["mcpServers"]?.objectValue)
        servers["deputy-notes"] = nil
        without["mcpServers"] = .object(servers)
        #expect(try JSON.object(without) == JSON.parse(Array(existing.utf8)))
        #expect(file.text.contains("1.50") && file.text.contains("12345678901234567890"))
    }

    @Test func `VS Code's other inputs stay, and ours comes once`() throws {
        let other: JSON = ["type": "promptString", "id": "other-token"]
        let once = try merged(#"{"inputs":[{"type":"promptString","id":"other-token"}],"servers":{}}"#, .vscode)
        #expect(once["inputs"]?.arrayValue?.count == 2 && once["inputs"]?[0] == other)
        #expect(try merged(once.text, .vscode) == once)
    }

    @Test func `another entry of the name stays, unless forced`() throws {
        let existing = #"{"mcpServers":{"deputy-notes":{"url":"https://elsewhere.example/mcp"},"other":{}}}"#
        let failure = #expect(throws: CommandFailure.self) { try merged(existing) }
        #expect(failure?.message.contains("deputy-notes") == true && failure?.hint?.contains("--force") == true)
        let forced = try merged(existing, isForced: true)
        #expect(forced["mcpServers"]?["deputy-notes"]?["url"] == "https://deputy.example/mcp/notes")
        #expect(forced["mcpServers"]?["other"] == [:])
        #expect(try merged(forced.text) == forced)
    }

    @Test(arguments: [
        "// servers\n{\"mcpServers\": {}}", "{\"mcpServers\": {},}", "[]", "{\"mcpServers\": []}", "{\"a\":1,\"a\":2}",
        "{\"mcpServers\"",
    ]) func `a file that can't be kept whole isn't touched`(existing: String) {
        let failure = #expect(throws: CommandFailure.self) { try merged(existing) }
        #expect(failure?.hint?.contains("by hand") == true)
    }

    @Test(arguments: [
        ("https://deputy.example", "https://deputy.example"), ("https://deputy.example/", "https://deputy.example"),
        ("http://127.0.0.1:8780", "http://127.0.0.1:8780"),
    ]) func `a public URL is a scheme and a host`(text: String, url: String) throws {
        #expect(try PublicURL.parse(text, as: "--url") == url)
    }

    @Test(arguments: [
        "", "deputy.example", "ftp://deputy.example", "https://", "https://a.example/path", "https://a.example?x=1",
        "https://user@a.example", "https://a.example#f",
    ]) func `anything else is no public URL`(text: String) {
        #expect(throws: CommandFailure.self) { try PublicURL.parse(text, as: "--url") }
    }
}
