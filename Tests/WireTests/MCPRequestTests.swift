import Testing
import Wire

@Suite struct `MCP requests` {
    private static let version = "io.modelcontextprotocol/protocolVersion"
    private static let capabilities = "io.modelcontextprotocol/clientCapabilities"

    private func modern(
        _ method: String, _ params: JSONObject = [:], id: JSON? = 1, version: JSON = "2026-07-28"
    ) -> JSON {
        var params = params
        params["_meta"] = [Self.version: version, Self.capabilities: [:]]
        var body: JSONObject = ["jsonrpc": "2.0", "method": .string(method), "params": .object(params)]
        if let id { body["id"] = id }
        return .object(body)
    }

    private func legacy(_ method: String, _ params: JSON? = nil, id: JSON? = 1) -> JSON {
        var body: JSONObject = ["jsonrpc": "2.0", "method": .string(method)]
        if let params { body["params"] = params }
        if let id { body["id"] = id }
        return .object(body)
    }

    private func headers(_ method: String?, name: String? = nil, version: String? = "2026-07-28") -> MCPHeaders {
        MCPHeaders(protocolVersion: version, method: method, name: name)
    }

    private func fault(_ body: JSON, _ headers: MCPHeaders) -> MCPFault? {
        do throws(MCPFault) {
            _ = try MCPRequest.parse(body, headers: headers)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a modern call carries its version and capabilities itself`() throws {
        let body = modern("tools/call", ["name": "mail.send", "arguments": ["to": "a@b.c", "n": 1]], id: "x")
        let request = try MCPRequest.parse(body, headers: headers("tools/call", name: "mail.send"))
        #expect(request.version == .july2026)
        #expect(request.id == .string("x"))
        #expect(request.meta[Self.version] == "2026-07-28")
        #expect(request.clientCapabilities == [:])
        guard case .callTool(let name, let arguments) = request.call else {
            Issue.record("not a call")
            return
        }
        #expect(name == "mail.send")
        #expect(arguments == ["to": "a@b.c", "n": 1])
    }

    @Test func `a legacy call needs no headers`() throws {
        for header in [nil, "2025-11-25"] {
            let body = legacy("tools/call", ["name": "t"], id: 7)
            let request = try MCPRequest.parse(body, headers: headers(nil, version: header))
            #expect(request.version == .november2025)
            #expect(request.id == .number(JSONNumber(7)))
            guard case .callTool("t", [:]) = request.call else {
                Issue.record("not a call without arguments")
                return
            }
        }
    }

    @Test func `an envelope that names the legacy version is legacy`() throws {
        let body = modern("tools/list", version: "2025-11-25")
        #expect(try MCPRequest.parse(body, headers: headers(nil, version: "2025-11-25")).version == .november2025)
    }

    @Test func `headers must agree with a modern body`() {
        let call = modern("tools/call", ["name": "t"])
        let wrong = [
            headers("tools/call", name: "t", version: nil), headers("tools/call", name: "t", version: "2025-11-25"),
            headers(nil, name: "t"),
            headers("tools/list", name: "t"), headers("Tools/Call", name: "t"), headers("tools/call"),
            headers("tools/call", name: "T"),
            headers("tools/call", name: "=?base64?dA?="), headers("tools/call", name: "=?base64?dQ==?="),
            headers("tools/call", name: "=?base64?/w==?="),
        ]
        for headers in wrong {
            let fault = fault(call, headers)
            #expect(fault?.httpStatus == 400)
            #expect(fault?.code == -32020)
            #expect(fault?.id == .number(JSONNumber(1)))
        }
        #expect(fault(call, headers("tools/call", name: "t")) == nil)
        #expect(fault(call, headers("tools/call", name: "=?base64?dA==?=")) == nil)
        #expect(fault(modern("resources/read", ["uri": "a:b"]), headers("resources/read", name: "a:c"))?.code == -32020)
        #expect(fault(modern("prompts/get", ["name": "p"]), headers("prompts/get"))?.code == -32020)
        #expect(fault(modern("tools/list"), headers("tools/list")) == nil)
    }

    @Test func `header values come out of their Base64 form`() {
        #expect(MCPHeaders.decode("plain") == "plain")
        #expect(MCPHeaders.decode("=?base64?w6k=?=") == "é")
        #expect(MCPHeaders.decode("=?base64??=") == "")
        #expect(MCPHeaders.decode("=?base64?=") == "=?base64?=")
        #expect(MCPHeaders.decode("=?base64?w6l=?=") == nil)
        #expect(MCPHeaders.decode("=?base64?/w==?=") == nil)
        #expect(MCPHeaders.decode("=?base64?w6k?=") == nil)
    }

    @Test func `a version that we don't speak is answered with those that we do`() {
        let requests = [
            (modern("tools/list", version: "2099-01-01"), headers("tools/list", version: "2099-01-01"), "2099-01-01"),
            (legacy("tools/list"), headers(nil, version: "2025-06-18"), "2025-06-18"),
            (legacy("ping"), headers(nil, version: "x"), "x"),
            (legacy("tools/list"), headers(nil, version: ""), ""),
        ]
        for (body, headers, requested) in requests {
            let fault = fault(body, headers)
            #expect(fault?.httpStatus == 400)
            #expect(fault?.code == -32022)
            #expect(fault?.data == ["supported": ["2026-07-28", "2025-11-25"], "requested": .string(requested)])
        }
    }

    @Test func `a modern request without its envelope is refused`() {
        let missing: [JSON] = [
            legacy("tools/list"), legacy("tools/list", [:]), legacy("tools/list", ["_meta": [:]]),
            legacy("tools/list", ["_meta": [Self.version: "2026-07-28"]]),
            legacy("tools/list", ["_meta": [Self.version: "2026-07-28", Self.capabilities: nil]]),
            legacy("tools/list", ["_meta": [Self.capabilities: [:]]]),
            legacy("tools/list", ["_meta": [Self.version: 1]]),
        ]
        for body in missing {
            let fault = fault(body, headers("tools/list"))
            #expect(fault?.httpStatus == 400)
            #expect(fault?.code == -32602)
        }
    }

    static let notRequests: [JSON] = [
        nil, [], "x", 1, [["jsonrpc": "2.0", "id": 1, "method": "ping"]], [:], ["id": 1, "method": "ping"],
        ["jsonrpc": "1.0", "id": 1, "method": "ping"],
        ["jsonrpc": 2, "id": 1, "method": "ping"], ["jsonrpc": "2.0", "id": nil, "method": "ping"],
        ["jsonrpc": "2.0", "id": true, "method": "ping"],
        ["jsonrpc": "2.0", "id": [1], "method": "ping"], ["jsonrpc": "2.0", "id": 1, "method": 1],
        ["jsonrpc": "2.0", "id": 1], ["jsonrpc": "2.0"],
        ["jsonrpc": "2.0", "id": 1, "method": "ping", "result": [:]],
        ["jsonrpc": "2.0", "id": 1, "result": [:], "error": [:]],
        ["jsonrpc": "2.0", "result": [:]],
    ]

    @Test(arguments: notRequests) func `the body is exactly one request or notification`(_ body: JSON) {
        let fault = fault(body, MCPHeaders())
        #expect(fault?.httpStatus == 400)
        #expect(fault?.code == -32600)
    }

    @Test func `an id is a string or a whole number, and comes back as written`() throws {
        for text in ["1", "-1", "1.0", "9223372036854775807", "\"\"", "\"x\""] {
            let body = legacy("ping", id: try JSON.parse(text))
            #expect(try MCPRequest.parse(body, headers: MCPHeaders()).id?.json.text == text)
        }
        for text in ["1.5", "1e400"] {
            #expect(fault(legacy("ping", id: try JSON.parse(text)), MCPHeaders())?.code == -32600)
        }
    }

    @Test func `a legacy client's answers are taken, a modern client sends none`() throws {
        for body: JSON in [
            ["jsonrpc": "2.0", "id": 1, "result": [:]],
            ["jsonrpc": "2.0", "id": "a", "error": ["code": 1, "message": "x"]],
        ] {
            let request = try MCPRequest.parse(body, headers: headers(nil, version: "2025-11-25"))
            guard case .response = request.call else {
                Issue.record("not a response")
                return
            }
            #expect(request.id == nil)
            #expect(fault(body, headers(nil))?.code == -32600)
        }
    }

    @Test func `the handshake is negotiated whatever was asked for`() throws {
        for (header, version) in [(nil, "2025-11-25"), ("2025-06-18", "2025-06-18"), ("2024-11-05", "1")] {
            let body = legacy("initialize", ["protocolVersion": .string(version), "capabilities": [:]])
            let request = try MCPRequest.parse(body, headers: headers(nil, version: header))
            #expect(request.version == .november2025)
            guard case .initialize(version, _) = request.call else {
                Issue.record("not an initialize")
                return
            }
        }
        #expect(fault(legacy("initialize"), MCPHeaders())?.code == -32602)
    }

    @Test func `each era has its own methods`() throws {
        let old = try MCPRequest.parse(legacy("ping"), headers: MCPHeaders())
        guard case .ping = old.call else {
            Issue.record("not a ping")
            return
        }
        for method in ["ping", "initialize", "logging/setLevel", "tasks/list", "", "tools/call "] {
            let request = try MCPRequest.parse(modern(method), headers: headers(method))
            guard case .other(method) = request.call else {
                Issue.record("`\(method)` is known")
                return
            }
            #expect(request.methodNotFound.httpStatus == 404)
            #expect(request.methodNotFound.code == -32601)
        }
        let discover = try MCPRequest.parse(modern("server/discover"), headers: headers("server/discover"))
        guard case .discover = discover.call else {
            Issue.record("not a discover")
            return
        }
        let unknown = try MCPRequest.parse(legacy("server/discover"), headers: MCPHeaders())
        guard case .other = unknown.call else {
            Issue.record("a legacy discover")
            return
        }
        #expect(unknown.methodNotFound.httpStatus == 200)
    }

    @Test func `notifications have no id`() throws {
        let cancelled = legacy("notifications/cancelled", ["requestId": "r", "reason": "x"], id: nil)
        let request = try MCPRequest.parse(cancelled, headers: MCPHeaders())
        guard case .cancelled(.string("r")) = request.call else {
            Issue.record("not a cancellation")
            return
        }
        #expect(request.id == nil)
        guard
            case .initialized = try MCPRequest.parse(
                legacy("notifications/initialized", id: nil), headers: MCPHeaders()
            ).call,
            case .other = try MCPRequest.parse(legacy("notifications/initialized", id: 1), headers: MCPHeaders()).call,
            case .other = try MCPRequest.parse(legacy("tools/call", ["name": "t"], id: nil), headers: MCPHeaders()).call,
            case .cancelled(nil) = try MCPRequest.parse(
                legacy("notifications/cancelled", id: nil), headers: headers(nil)
            ).call
        else {
            Issue.record("a notification was taken for a request, or the other way round")
            return
        }
        #expect(fault(legacy("notifications/cancelled", ["requestId": nil], id: nil), MCPHeaders())?.httpStatus == 400)
        #expect(fault(legacy("notifications/x", id: nil), headers("notifications/y"))?.code == -32020)
    }

    @Test func `parameters of the wrong shape are told as such`() {
        let wrong: [(String, JSONObject)] = [
            ("tools/call", [:]), ("tools/call", ["name": 1]), ("tools/call", ["name": "t", "arguments": []]),
            ("tools/list", ["cursor": 1]),
        ]
        for (method, params) in wrong {
            let old = fault(legacy(method, .object(params)), MCPHeaders())
            #expect(old?.httpStatus == 200)
            #expect(old?.code == -32602)
            let new = fault(modern(method, params), headers(method, name: "t"))
            #expect(new?.httpStatus == 400)
            #expect(new?.code == -32602)
        }
        #expect(fault(legacy("ping", []), MCPHeaders())?.code == -32602)
        #expect(fault(legacy("ping", ["_meta": 1]), MCPHeaders())?.code == -32602)
    }
}
