import Testing
import Wire

struct MCPEventStreamTests {
    private let text = """
        : a comment\r
        event: message\r
        data: {"jsonrpc":"2.0","id":9,"method":"elicitation/create"}\r
        \r
        data: {"jsonrpc":"2.0",
        data:"id":"c1","result":{"ok":true}}


        """

    @Test(arguments: [1, 2, 7, 1_000])
    func `the response is found however the stream is cut`(size: Int) {
        var stream = MCPEventStream(id: "c1")
        var found: JSON?
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: size) where found == nil {
            found = stream.push(Array(bytes[start..<min(start + size, bytes.count)]))
        }
        #expect(found?["result"]?["ok"] == true)
    }

    @Test(arguments: ["c2", "9"])
    func `another's response isn't it, nor is a request with our id`(id: String) {
        var stream = MCPEventStream(id: id)
        #expect(stream.push(Array(text.utf8)) == nil)
    }

    @Test func `an event without its empty line isn't whole`() {
        var stream = MCPEventStream(id: "c1")
        #expect(stream.push(Array("data: {\"id\":\"c1\",\"result\":{}}\n".utf8)) == nil)
        #expect(stream.push([UInt8(ascii: "\n")]) != nil)
    }
}
