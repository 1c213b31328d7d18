import Authority
import Gate
import Gateway
import HTTPTypes
import HummingbirdTesting
import Testing
import Twins
import Wire

/// How a call that waits for a person is told to each kind of client, and that none of these ways is an answer.
@Suite struct MCPAskingTests {
    let home: FakeHome

    init() throws { home = try FakeHome() }

    private static let mail = #"{"to":"x@else.test","body":"hi"}"#
    private static let links = #"{"elicitation":{"url":{}}}"#
    private static let tasks = #"{"elicitation":{"url":{}},"extensions":{"io.modelcontextprotocol/tasks":{}}}"#

    private func send(
        _ client: MCPClient, _ more: String = "", capabilities: String = links, arguments: String = mail
    ) async throws -> JSON {
        try await client.modern(
            "tools/call", #""name":"notes.send","arguments":\#(arguments)\#(more)"#, name: "notes.send",
            capabilities: capabilities
        ).json
    }

    private func state(_ json: JSON) throws -> String { try #require(json["result"]?["requestState"]?.stringValue) }

    private func back(_ state: String, _ key: String = "a", _ action: String = "accept") -> String {
        #","requestState":"\#(state)","inputResponses":{"\#(key)":{"action":"\#(action)"}}"#
    }

    /// Alice's own yes, on her page.
    private func approve(_ id: String) async throws {
        let gate = try home.gate()
        let approval = try #require(try await home.memory.approval(ApprovalID(id)))
        try await ApprovalDesk(gate: gate).approve(
            approval.id, by: "alice", in: FakeHome.acme, shown: approval.digest)
        await ApprovalRunner(gate: gate, bell: Bell(), log: .silent).sweep()
    }

    private func key(_ json: JSON) throws -> String {
        try #require(json["result"]?["inputRequests"]?.objectValue?.keys.first)
    }

    @Test func `a client that opens links is asked to open one, and its repeat has the result after the yes`()
        async throws
    {
        try await withServer(home) { client async throws in
            let first = try await send(client)
            #expect(first["result"]?["resultType"] == "input_required")
            let key = try key(first)
            let request = first["result"]?["inputRequests"]?[key]
            #expect(request?["method"] == "elicitation/create")
            #expect(request?["params"]?["mode"] == "url")
            #expect(request?["params"]?["url"] == .string("https://deputy.test/approvals/\(key)"))

            let accepted = try await send(client, back(try state(first), key))
            #expect(accepted["result"]?["resultType"] == "input_required", "that it was opened is no yes")
            #expect(accepted["result"]?["inputRequests"] == nil)
            #expect(home.calls.isEmpty)

            try await approve(key)
            let done = try await send(client, back(try state(accepted), key))
            #expect(done["result"]?["resultType"] == "complete")
            #expect(done["result"]?["isError"] == false)
            #expect(home.calls.count == 1)
        }
    }

    @Test func `policy 5: a state is taken once, for its own call, person and agent`() async throws {
        try await withServer(home) { client async throws in
            let state = try state(try await send(client))
            let bob = client.speaking(with: "bob-token")
            let elsewhere = client.speaking(with: "alice-token", at: "/mcp/private")
            #expect(try await send(bob, back(state))["error"]?["code"] == -32602)
            #expect(try await send(elsewhere, back(state))["error"]?["code"] == -32602)
            let other = #"{"to":"y@else.test","body":"hi"}"#
            #expect(try await send(client, back(state), arguments: other)["error"]?["code"] == -32602)
            #expect(try await send(client, back("x" + state))["error"]?["code"] == -32602)
            #expect(try await send(client, back(String(state.dropLast(3)) + "AAA"))["error"]?["code"] == -32602)
            #expect(try await send(client, back(state))["result"]?["resultType"] == "input_required")
            #expect(try await send(client, back(state))["error"]?["code"] == -32602)
            #expect(home.calls.isEmpty)
        }
    }

    @Test func `who declines to open the page gets the tool's error with the link`() async throws {
        try await withServer(home) { client async throws in
            let first = try await send(client)
            let declined = try await send(client, back(try state(first), try key(first), "decline"))
            #expect(declined["result"]?["isError"] == true)
            #expect(declined["result"]?["structuredContent"]?["error"]?["kind"] == "approval_required")
        }
    }

    @Test func `after a few rounds the client is told to come back later`() async throws {
        try await withServer(home) { client async throws in
            var json = try await send(client)
            for _ in 0..<20 {
                guard let state = json["result"]?["requestState"]?.stringValue else { break }
                json = try await send(client, back(state))
            }
            #expect(json["result"]?["isError"] == true)
        }
    }

    @Test func `a client with tasks gets one, whose end is the call's`() async throws {
        try await withServer(home) { client async throws in
            let created = try await send(client, capabilities: Self.tasks)
            #expect(created["result"]?["resultType"] == "task")
            let id = try #require(created["result"]?["taskId"]?.stringValue)
            let waiting = try await task("tasks/get", id, client)
            #expect(waiting["result"]?["status"] == "input_required")
            #expect(
                waiting["result"]?["inputRequests"]?[id]?["params"]?["url"]
                    == .string("https://deputy.test/approvals/\(id)"))
            #expect(try await task("tasks/update", id, client)["result"]?["resultType"] == "complete")
            #expect(try await task("tasks/get", id, client)["result"]?["status"] == "input_required")
            try await approve(id)
            for _ in 0..<2 {
                let done = try await task("tasks/get", id, client)
                #expect(done["result"]?["status"] == "completed")
                #expect(done["result"]?["result"]?["isError"] == false)
            }
            #expect(home.calls.count == 1)
        }
    }

    @Test func `policy 5: a task means nothing to another token, and nothing without the extension`() async throws {
        try await withServer(home) { client async throws in
            let id = try #require(
                try await send(client, capabilities: Self.tasks)["result"]?["taskId"]?.stringValue)
            for method in ["tasks/get", "tasks/update", "tasks/cancel"] {
                #expect(try await task(method, id, client.speaking(with: "bob-token"))["error"]?["code"] == -32602)
                #expect(try await task(method, id, client, capabilities: "{}")["error"]?["code"] == -32021)
                #expect(try await task(method, "nothing", client)["error"]?["code"] == -32602)
            }
            #expect(try await task("tasks/get", id, client)["result"]?["status"] == "input_required")
        }
    }

    @Test func `a task that its client cancelled can't be approved any more`() async throws {
        try await withServer(home) { client async throws in
            let id = try #require(
                try await send(client, capabilities: Self.tasks)["result"]?["taskId"]?.stringValue)
            #expect(try await task("tasks/cancel", id, client)["result"]?["resultType"] == "complete")
            #expect(try await task("tasks/get", id, client)["result"]?["status"] == "cancelled")
            await #expect(throws: ApprovalError.self) { try await approve(id) }
            #expect(home.calls.isEmpty)
        }
    }

    @Test func `a missing connection is a link as well`() async throws {
        try await withServer(home) { client async throws in
            let reply = try await client.modern(
                "tools/call", #""name":"calendar.get","arguments":{"id":"p1"}"#, name: "calendar.get",
                capabilities: Self.links)
            let requests = reply.json["result"]?["inputRequests"]?.objectValue
            #expect(
                requests?.members.first?.value["params"]?["url"] == "https://deputy.test/connections?provider=calendar")
        }
    }

    @Test func `a client of 2025-11-25 that opens links is told in the error that its protocol has for it`()
        async throws
    {
        try await withServer(home) { client async throws in
            let params =
                #"{"protocolVersion":"2025-11-25","capabilities":\#(Self.links),"clientInfo":{"name":"t","version":"1"}}"#
            let hello = try await client.legacy("initialize", params)
            let name = try #require(HTTPField.Name("Mcp-Session-Id"))
            let session = try #require(hello.headers[name])
            let call =
                #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"notes.send","arguments":\#(Self.mail)}}"#
            let headers = [("mcp-protocol-version", "2025-11-25" as String?)]
            let asked = try await client.send(call, headers + [("mcp-session-id", session)])
            #expect(asked.code == -32042)
            let elicitation = asked.json["error"]?["data"]?["elicitations"]?[0]
            #expect(elicitation?["mode"] == "url")
            #expect(elicitation?["url"]?.stringValue?.hasPrefix("https://deputy.test/approvals/") == true)
            for (speaker, id) in [(client, nil), (client, "nonsense"), (client.speaking(with: "bob-token"), session)] {
                let plain = try await speaker.send(call, headers + [("mcp-session-id", id)])
                #expect(plain.toolError?["kind"] == "approval_required", "\(plain.json.text)")
                #expect(plain.toolError?["link"]?.stringValue?.hasPrefix("https://deputy.test/approvals/") == true)
            }
            let bare = try await client.legacy(
                "initialize",
                #"{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}"#)
            #expect(bare.headers[name] == nil)
        }
    }

    private func task(
        _ method: String, _ id: String, _ client: MCPClient, capabilities: String = tasks
    ) async throws -> JSON {
        try await client.modern(
            method, #""taskId":"\#(id)","inputResponses":{}"#, name: id, capabilities: capabilities
        ).json
    }
}
