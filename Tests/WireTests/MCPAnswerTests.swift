import Testing
import Wire

@Suite struct `MCP answers` {
    let server = MCPServerInfo(name: "deputy", title: "Deputy", version: "1.0")
    let stamp = #""_meta":{"io.modelcontextprotocol/serverInfo":{"name":"deputy","title":"Deputy","version":"1.0"}}"#

    @Test func `initialize is answered in the legacy version`() {
        #expect(
            MCPAnswer.initialize(id: .string("a"), server: server, instructions: "hi").text
                == #"{"jsonrpc":"2.0","id":"a","result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"#
                + #""serverInfo":{"name":"deputy","title":"Deputy","version":"1.0"},"instructions":"hi"}}"#)
        #expect(MCPAnswer.initialize(id: .string("a"), server: server)["result"]?["instructions"] == nil)
    }

    @Test func `discover lists versions and is private`() {
        #expect(
            MCPAnswer.discover(id: .number(JSONNumber(1)), server: server, ttl: 5_000).text
                == #"{"jsonrpc":"2.0","id":1,"result":{"supportedVersions":["2026-07-28","2025-11-25"],"capabilities":{"tools":{},"extensions":{"io.modelcontextprotocol/tasks":{}}},"#
                + #""ttlMs":5000,"cacheScope":"private","resultType":"complete",\#(stamp)}}"#)
    }

    @Test func `a list of tools is ordered, and private where it may be cached`() {
        let tools = [
            MCPToolDescription(name: "b", inputSchema: ["type": "object"]),
            MCPToolDescription(
                name: "a", title: "A", description: "does", inputSchema: ["type": "object"],
                annotations: ["readOnlyHint": true]),
        ]
        let list =
            #""tools":[{"name":"a","title":"A","description":"does","inputSchema":{"type":"object"},"annotations":{"readOnlyHint":true}},"#
            + #"{"name":"b","inputSchema":{"type":"object"}}]"#
        let id = RPCID.number(JSONNumber(2))
        #expect(
            MCPAnswer.tools(tools, ttl: 9, id: id, version: .november2025, server: server).text
                == #"{"jsonrpc":"2.0","id":2,"result":{\#(list)}}"#)
        #expect(
            MCPAnswer.tools(tools, nextCursor: "c", ttl: 9, id: id, version: .july2026, server: server).text
                == #"{"jsonrpc":"2.0","id":2,"result":{\#(list),"nextCursor":"c","ttlMs":9,"cacheScope":"private","#
                + #""resultType":"complete",\#(stamp)}}"#)
    }

    @Test func `a result has the form of its version`() {
        let id = RPCID.number(JSONNumber(3))
        #expect(
            MCPAnswer.toolResult(
                text: "[1]", structured: [1], isError: true, meta: ["r": 1], id: id, version: .july2026, server: server
            ).text
                == #"{"jsonrpc":"2.0","id":3,"result":{"content":[{"type":"text","text":"[1]"}],"structuredContent":[1],"isError":true,"#
                + #""resultType":"complete","_meta":{"r":1,"io.modelcontextprotocol/serverInfo":"#
                + #"{"name":"deputy","title":"Deputy","version":"1.0"}}}}"#)
        #expect(
            MCPAnswer.toolResult(text: "{}", structured: [:], meta: ["r": 1], id: id, version: .november2025).text
                == #"{"jsonrpc":"2.0","id":3,"result":{"content":[{"type":"text","text":"{}"}],"structuredContent":{},"isError":false,"_meta":{"r":1}}}"#
        )
        let list = MCPAnswer.toolResult(text: "[1]", structured: [1], id: id, version: .november2025)
        #expect(list["result"]?["structuredContent"] == nil)
    }

    @Test func `an empty answer is empty, or complete`() {
        let id = RPCID.string("p")
        #expect(MCPAnswer.empty(id: id, version: .november2025).text == #"{"jsonrpc":"2.0","id":"p","result":{}}"#)
        #expect(
            MCPAnswer.empty(id: id, version: .july2026).text
                == #"{"jsonrpc":"2.0","id":"p","result":{"resultType":"complete"}}"#)
    }

    @Test func `a fault is a JSON-RPC error`() throws {
        let fault = MCPFault.missingCapabilities(["elicitation": [:]], id: .number(JSONNumber(4)))
        #expect(fault.httpStatus == 400)
        #expect(
            fault.body.text
                == #"{"jsonrpc":"2.0","id":4,"error":{"code":-32021,"message":"the request needs a capability that the client didn't declare","#
                + #""data":{"requiredCapabilities":{"elicitation":{}}}}}"#)
        let error = try #require(throws: JSONError.self) { try JSON.parse("{") }
        #expect(MCPFault.unreadable(error).body["id"] == JSON.null)
        #expect(MCPFault.unreadable(error).code == -32700)
        #expect(MCPFault.internalError(id: nil).body["error"]?["message"] == "internal error")
    }
}
