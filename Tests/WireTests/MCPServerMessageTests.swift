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
}
