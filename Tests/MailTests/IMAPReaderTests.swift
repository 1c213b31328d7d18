import Testing
import Wire

@testable import Mail

private func frames(_ text: String, limits: IMAPLimits = IMAPLimits(), at size: Int = .max) throws -> [IMAPFrame] {
    var reader = IMAPFrameReader(limits)
    var frames: [IMAPFrame] = []
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: min(size, max(bytes.count, 1))) {
        frames += try reader.push(bytes[start..<min(bytes.count, start + min(size, bytes.count))])
    }
    return frames
}

private func responses(_ text: String) throws -> [IMAPResponse] { try frames(text).map { try IMAPResponse($0) } }

struct IMAPReaderTests {
    @Test(arguments: [1, 2, 3, 7, 1_000])
    func `a response is the same however its bytes come`(size: Int) throws {
        let text = "* 1 FETCH (BODY[] {7}\r\na\r\n)b\0c UID 5)\r\n* OK done\r\n"
        let read = try frames(text, at: size)
        #expect(read == (try frames(text)))
        #expect(read.count == 2)
        #expect(read.first?.segments[1] == .literal(Array("a\r\n)b\0c".utf8)))
    }

    @Test(arguments: [
        "* OK a\n", "* OK a\rb\r\n", "* OK a\0\r\n",
        "* 1 FETCH (BODY[] {99}\r\n", "* 1 FETCH (A {60}\r\n" + String(repeating: "x", count: 60) + " B {60}\r\n",
        "* OK " + String(repeating: "x", count: 600),
        String(repeating: "* OK x\r\n", count: 1_000),
    ])
    func `what is too much, or could be read in two ways, is a fault`(text: String) {
        let limits = IMAPLimits(text: 500, literals: 90, whole: 5_000, responses: 10)
        #expect(throws: MailFault.self) { try frames(text, limits: limits) }
    }

    @Test func `what is held for one command has a bound, however long the conversation`() throws {
        var reader = IMAPFrameReader(IMAPLimits(text: 500, literals: 500, whole: 5_000, command: 100))
        let response = Array(("* OK " + String(repeating: "x", count: 50) + "\r\n").utf8)
        for _ in 0..<10 {
            reader.beginCommand()
            #expect(try reader.push(response).count == 1)
        }
        #expect(throws: MailFault.self) { try reader.push(response) }
    }

    @Test func `a literal whose number is none is text`() throws {
        #expect(try frames("* OK {99999999999}\r\n").count == 1)
        #expect(try frames("* OK {-1}\r\n").count == 1)
        #expect(try frames("* OK {}\r\n").count == 1)
    }

    @Test func `values nest, and a section's name keeps its spaces`() throws {
        let read = try responses(
            "* 12 FETCH (UID 7 FLAGS (\\Seen $x) BODY[HEADER.FIELDS (DATE FROM)]<0> \"a\\\"b\\\\\" E (NIL (\"x\" {2}\r\nyz)))\r\n"
        )
        let expected: [String: IMAPValue] = [
            "UID": .atom("7"), "FLAGS": .list([.atom("\\Seen"), .atom("$x")]),
            "BODY[HEADER.FIELDS (DATE FROM)]<0>": .string(Array("a\"b\\".utf8)),
            "E": .list([.none, .list([.string(Array("x".utf8)), .string(Array("yz".utf8))])]),
        ]
        #expect(read == [.untagged(.fetch(expected))])
    }

    @Test(arguments: [
        "* 1 FETCH (UID", "* 1 FETCH (UID 1", "* 1 FETCH ((((", "* 1 FETCH (A \"b", "* 1 FETCH (A[b", "* 1 FETCH (UID)",
        "* 1 FETCH ((A) 1)", "* 1 FETCH " + String(repeating: "(", count: 5_000), "* SEARCH 1 x",
        "* SEARCH 99999999999",
        "* LIST", "* LIST (\\x) \"/\" ", "", "d1", "d1 MAYBE x", "* 1 FETCH )",
    ])
    func `a response that isn't one is a fault`(text: String) {
        #expect(throws: MailFault.self) { try responses(text + "\r\n") }
    }

    @Test func `a verdict has its code, and shows nothing but printable ASCII`() throws {
        let read = try responses("d1 NO [AUTHENTICATIONFAILED] no\u{1B}[31m\r\nd2 OK [UIDVALIDITY 12] ok\r\n+ go\r\n")
        guard case .tagged("d1", let refused) = read[0], case .tagged("d2", let fine) = read[1] else {
            Issue.record("not verdicts: \(read)")
            return
        }
        #expect(refused.code == "AUTHENTICATIONFAILED")
        #expect(refused.shown == "NO [AUTHENTICATIONFAILED] no?[31m")
        #expect(fine.code == "UIDVALIDITY" && fine.arguments == "12")
        #expect(read[2] == .continuation("go"))
    }

    /// Bytes that a generator makes from pieces of the grammar: nothing of it may crash, and whatever is accepted is read
    /// the same when it comes byte by byte.
    @Test(arguments: 0..<20)
    func `no bytes of a server break the reader`(seed: UInt64) {
        var generator = Sequence64(state: seed &+ 1)
        let pieces = [
            "* ", "d1 ", "+ ", "OK ", "NO ", "[", "]", "FETCH ", "LIST ", "SEARCH ", "1", "4294967296 ", "(", ")", "\"",
            "\\", "{3}\r\n", "{0}\r\n", "{10000000}\r\n", "{", "}", "\r\n", "\r", "\n", "\0", "NIL", "UID ", "BODY[",
            "abc",
            "\u{E9}", " ", "&AOk-", "=?utf-8?B?", "?=", "%", "*", "(((((((((((", "ENVELOPE ",
        ]
        for _ in 0..<500 {
            let count = Int.random(in: 1...40, using: &generator)
            let text = (0..<count).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined() + "\r\n"
            let limits = IMAPLimits(text: 300, literals: 300, whole: 2_000, responses: 10)
            let (whole, single) = (try? frames(text, limits: limits), try? frames(text, limits: limits, at: 1))
            #expect(whole == single)
            for frame in whole ?? [] {
                guard case .untagged(.fetch(let data)) = try? IMAPResponse(frame) else { continue }
                _ = MailSummary(data)
                for value in data.values { _ = MailPart.parts(of: value) }
            }
            _ = MailText.header(Array(text.utf8))
            _ = MailText.quotedPrintable(Array(text.utf8))
            _ = MailFolderName(encoded: Array(text.utf8))
        }
    }
}

/// Numbers that come the same each time (SplitMix64).
struct Sequence64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
