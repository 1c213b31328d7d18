import Authority
import Models
import Testing
import Turns
import Wire

struct StreamTests {
    /// The ways in which the bytes of a stream are cut and its lines end, in which reading it gives something else.
    private func differences(
        _ stream: Corpus.Recorded, through change: ([[UInt8]]) -> [[UInt8]] = { $0 }
    ) async -> [String] {
        var found: [String] = []
        for (ending, bytes) in Self.endings(stream.bytes) {
            let places = ending == "LF" ? Self.places(in: bytes) : []
            var cuts = places.map { [Array(bytes[..<$0]), Array(bytes[$0...])] }
            cuts += [1, 2, 3, 7, 64].map { size in
                stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
            }
            for (number, pieces) in cuts.enumerated() {
                let ear = Ear()
                let result = await outcome(
                    of: ScriptedServer(pieces: change(pieces)), stream.speaks, ear: ear)
                if result.reply != stream.reply || ear.heard.joined() != stream.reply.text {
                    found.append("\(ending), cut \(number): \(result)")
                }
            }
        }
        return found
    }

    /// Every place of a short stream, and many of a long one.
    private static func places(in bytes: [UInt8]) -> [Int] {
        Array(stride(from: 0, to: bytes.count, by: bytes.count < 1_600 ? 1 : 7))
    }

    private static func endings(_ bytes: [UInt8]) -> [(String, [UInt8])] {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return [("LF", "\n"), ("CR", "\r"), ("CRLF", "\r\n")].map { name, end in
            (name, Array(lines.joined(separator: Array(end.utf8))))
        } + [("BOM", [0xEF, 0xBB, 0xBF] + bytes)]
    }

    @Test(arguments: try Corpus.recorded())
    func `a reply is the same however its bytes come`(stream: Corpus.Recorded) async {
        let found = await differences(stream)
        #expect(found == [])
    }

    @Test(arguments: try Corpus.recorded())
    func `a byte that is lost between two pieces is found`(stream: Corpus.Recorded) async {
        let found = await differences(stream) { pieces in
            pieces.enumerated().map { $0.offset == 0 ? Array($0.element.dropLast()) : $0.element }
        }
        // Not everywhere: a space after a colon says nothing.
        #expect(found.count > Self.places(in: stream.bytes).count / 4)
    }

    @Test(arguments: try Corpus.recorded())
    func `a reply that is cut short is no reply`(stream: Corpus.Recorded) async {
        for count in Self.places(in: stream.bytes) {
            let whole = ScriptedServer(pieces: [Array(stream.bytes[..<count])])
            let broken = ScriptedServer(
                pieces: [Array(stream.bytes[..<count])], ends: .later(after: nil, "the connection ended"))
            for server in [whole, broken] {
                let result = await outcome(of: server, stream.speaks)
                #expect(result.isLater, "\(count) bytes")
            }
        }
    }

    @Test(arguments: try Corpus.recorded())
    func `a connection that breaks after the end has lost nothing`(stream: Corpus.Recorded) async {
        let broken = ScriptedServer(pieces: [stream.bytes], ends: .later(after: nil, "the connection ended"))
        #expect(await outcome(of: broken, stream.speaks).reply == stream.reply)
    }

    @Test(arguments: try Corpus.recorded())
    func `what comes after the end changes nothing, and ends the connection`(stream: Corpus.Recorded) async {
        let more = stream.bytes + stream.bytes
        let ear = Ear()
        let server = ScriptedServer(pieces: [more, stream.bytes, stream.bytes])
        #expect(await outcome(of: server, stream.speaks, ear: ear).reply == stream.reply)
        #expect(ear.heard.joined() == stream.reply.text)
        #expect(server.asked.sent == 2)
    }

    @Test func `text is heard as it comes`() async {
        let pieces = [Streams.said("a"), Streams.said("b"), Streams.said("c"), Streams.ended("stop"), "[DONE]"]
            .map { Array(Streams.chat([$0]).utf8) }
        let ear = Ear()
        #expect(await outcome(of: ScriptedServer(pieces: pieces), .chat, ear: ear).reply?.text == "abc")
        #expect(ear.heard == ["a", "b", "c"])
    }
}
