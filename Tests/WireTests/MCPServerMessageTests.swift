import Testing
import Wire

@Suite struct MCPServerMessageTests {
    private func read(_ body: String, _ mediaType: String = "application/json") -> JSON? {
        MCPServerMessage.response(in: Array(body.utf8), mediaType: mediaType, id: "1")
    }

    @Test(arguments: [
        #"{"jsonrpc":"2.0","id":"1","result":{}}"#, #"{"jsonrpc":"2.0","id":null,"error":{"code":1}}"#,
    ])
    func `the response of this id, or an error of one that couldn't be read, is the answer`(body: String) {
        #expect(read(body) != nil)
    }

    @Test(arguments: [
        #"{"error":"insufficient_scope"}"#, "{}", "null", "[]", "", "x", #"{"id":"2","result":{}}"#,
        #"{"id":"1","method":"ping"}"#, #"{"id":null,"result":{}}"#,
    ])
    func `anything else is no answer, in JSON and in a stream`(body: String) {
        #expect(read(body) == nil)
        #expect(read("data: \(body)\n\n", "text/event-stream") == nil)
    }

    private static let changed = #"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#
    private static let done = #"{"jsonrpc":"2.0","id":"1","result":{}}"#

    @Test(arguments: [
        ("data: \(changed)\n\ndata: \(done)\n\n", "text/event-stream", true),
        ("event: message\r\ndata: \(changed)\r\n\r\n", "text/event-stream; charset=utf-8", true),
        ("data: \(done)\n\n", "text/event-stream", false), (changed, "application/json", false),
        ("data: \(changed)", "text/event-stream", false),
        // The words of a result are no notification.
        (
            #"data: {"id":"1","result":{"text":"notifications/tools/list_changed"}}"# + "\n\n", "text/event-stream",
            false
        ),
    ])
    func `that its tools have changed a server tells in a message of its own, on a stream`(
        body: String, mediaType: String, isTold: Bool
    ) {
        #expect(MCPServerMessage.saysToolsChanged(in: Array(body.utf8), mediaType: mediaType) == isTold)
    }
}
