import Authority
import Gate
import Gateway
import HummingbirdTesting
import Testing
import Wire

/// What a call's answer looks like.
@Suite struct MCPCallTests {
    let home: FakeHome

    init() throws { home = try FakeHome() }

    @Test(arguments: [false, true])
    func `a done call brings its result as text and as structure`(_ modern: Bool) async throws {
        try await withServer(home) { client async throws in
            let reply = try await client.call("notes.get", modern: modern)
            #expect(reply.status == 200)
            #expect(reply.text == #"{"account":"alice","id":"p1"}"#)
            #expect(reply.json["result"]?["structuredContent"] == ["account": "alice", "id": "p1"])
            #expect(reply.json["result"]?["isError"] == false)
            #expect(reply.json["result"]?["_meta"]?["deputy/call"]?.stringValue?.hasPrefix("call-") == true)
            #expect((reply.json["result"]?["resultType"] == "complete") == modern)
        }
    }

    @Test func `a result that isn't an object is text alone`() async throws {
        try await withServer(home) { client async throws in
            let reply = try await client.call("notes.list")
            #expect(reply.text == #"["one","two"]"#)
            #expect(reply.json["result"]?["structuredContent"] == nil)
        }
    }

    @Test func `a provider's refusal stays apart from our own words`() async throws {
        try await withServer(home) { client async throws in
            let reply = try await client.call("notes.refused")
            #expect(reply.json["result"]?["isError"] == true)
            #expect(reply.toolError?["kind"] == "refused")
            #expect(
                reply.toolError?["provider"] == [
                    "status": 404, "code": "object_not_found", "message": "no such page",
                ])
            #expect(reply.toolError?["retry_after"] == 7)
        }
    }

    @Test(arguments: [("notes.unknown", "unknown"), ("notes.unsent", "not_sent")])
    func `what didn't come to an end says so`(_ tool: String, _ kind: String) async throws {
        try await withServer(home) { client async throws in
            let reply = try await client.call(tool)
            #expect(reply.json["result"]?["isError"] == true)
            #expect(reply.toolError?["kind"]?.stringValue == kind)
            #expect(reply.json["result"]?["_meta"]?["deputy/call"]?.stringValue?.isEmpty == false)
        }
    }

    @Test(arguments: [false, true])
    func `an obligation names who has to agree`(_ modern: Bool) async throws {
        try await withServer(home) { client async throws in
            let reply = try await client.call("notes.send", #"{"to":"x@else.test","body":"hi"}"#, modern: modern)
            #expect(reply.json["result"]?["isError"] == true)
            #expect(reply.toolError?["kind"] == "approval_required")
            #expect(reply.toolError?["approvers"] == ["alice"])
            #expect(reply.toolError?["layer"]?.integerValue != nil)
            #expect(reply.toolError?["findings"]?[0]?["rule"]?.stringValue != nil)
            #expect(reply.text?.hasPrefix("needs approval by alice: ") == true)
            #expect(home.calls.isEmpty)
        }
    }

    @Test func `a missing connection says what is missing and the way out`() async throws {
        try await withServer(home) { client async throws in
            let reply = try await client.call("calendar.get")
            #expect(reply.toolError?["kind"] == "connection_required")
            #expect(reply.toolError?["rule"] == "credential.connect")
            #expect(
                reply.toolError?["way_out"]?.stringValue?.contains("deputy connections add calendar --person alice")
                    == true)
            #expect(reply.text?.contains("calendar") == true)
        }
    }

    @Test func `a denial names layer and rule`() async throws {
        try await withServer(home) { client async throws in
            let reply = try await client.speaking(with: "alice-token", at: "/mcp/bare").call("notes.get")
            #expect(reply.toolError?["kind"] == "denied")
            #expect(reply.toolError?["layer"] == 1)
            #expect(reply.toolError?["way_out"]?.stringValue?.contains("set-identity") == true)
        }
    }

    @Test func `arguments that don't fit are listed`() async throws {
        try await withServer(home) { client async throws in
            let reply = try await client.call("notes.get", #"{"id":7,"other":true}"#)
            #expect(reply.toolError?["kind"] == "invalid_arguments")
            let pointers = reply.toolError?["violations"]?.arrayValue?.compactMap { $0["pointer"]?.stringValue }
            #expect(Set(pointers ?? []) == ["/id", "/other"])
        }
    }

    @Test func `a store that can't write, a repeat and a revocation each have their kind`() async throws {
        try await withServer(home) { client async throws in
            home.change { $0.commitError = .unavailable("the disk is full") }
            let unavailable = try await client.call("notes.get")
            #expect(unavailable.toolError == ["kind": "unavailable", "message": "nothing was done: the disk is full"])
            home.change { $0.commitError = .identicalCall(CallID("call-9"), .open) }
            let pending = try await client.call("notes.get")
            #expect(pending.toolError?["kind"] == "pending")
            #expect(pending.toolError?["state"] == "open")
            #expect(pending.json["result"]?["_meta"]?["deputy/call"] == "call-9")
            home.change { $0.commitError = .identicalCall(CallID("call-9"), .unknown) }
            #expect(try await client.call("notes.get").toolError?["state"] == "unknown")
            #expect(home.calls.isEmpty)
            home.change {
                $0.commitError = nil
                $0.epoch = 1
            }
            let withheld = try await client.call("notes.get")
            #expect(withheld.toolError?["kind"] == "withheld")
            #expect(!String(decoding: withheld.bytes, as: UTF8.self).contains("account"))
        }
    }

    @Test(arguments: [false, true])
    func `a hidden tool and a missing one answer alike`(_ modern: Bool) async throws {
        try await withServer(home) { client async throws in
            for arguments in [#"{"id":"p1"}"#, #"{"wrong":1}"#] {
                let hidden = try await client.call("notes.hidden", arguments, modern: modern)
                let missing = try await client.call("notes.absent", arguments, modern: modern)
                #expect(hidden.code == -32602)
                #expect(hidden.message == "unknown tool: notes.hidden")
                #expect(hidden.status == missing.status)
                let renamed = String(decoding: hidden.bytes, as: UTF8.self)
                    .split(separator: "notes.hidden", omittingEmptySubsequences: false).joined(
                        separator: "notes.absent")
                #expect(Array(renamed.utf8) == missing.bytes)
                #expect(hidden.headers == missing.headers)
            }
        }
    }

    @Test func `two people's calls at once are never crossed`() async throws {
        var limits = MCPLimits()
        limits.requestsPerToken = 100
        try await withServer(home, limits: limits) { client async throws in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<200 {
                    let person = number.isMultiple(of: 2) ? "alice" : "bob"
                    group.addTask {
                        let reply = try await client.speaking(with: "\(person)-token").call(
                            "notes.get", #"{"id":"\#(person)-\#(number)"}"#, modern: number.isMultiple(of: 3))
                        #expect(
                            reply.json["result"]?["structuredContent"]
                                == ["account": .string(person), "id": .string("\(person)-\(number)")])
                    }
                }
                try await group.waitForAll()
            }
            let calls = home.calls
            #expect(calls.count == 200)
            for call in calls {
                let account = try #require(call.connection?.facts.account)
                #expect(call.principal?.raw == account)
                #expect(call.arguments["id"]?.stringValue?.hasPrefix("\(account)-") == true)
            }
        }
    }
}
