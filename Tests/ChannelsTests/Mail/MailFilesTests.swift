import Testing
import Turns
import Wire

@testable import Channels

struct MailFilesTests {
    private let channel = MailChannel()

    private func found(_ status: Int, _ body: JSON) -> CensusAnswer<ChannelFile> {
        channel.file(ChannelAnswer(status: status, retryAfter: nil, body: body.bytes()), "7-42/2", for: Post.account)
    }

    @Test func `an attachment is asked for by its mail's number and its place in it`() throws {
        let request = try #require(channel.request(aboutFile: "7-42/1.2", atMost: 9))
        #expect(request.path == "/part" && request.body == ["id": "7-42", "part": "1.2", "most": 9])
    }

    @Test(arguments: [
        "", "2", "7-42", "7-42/", "7-42/x", "7-42/1.", "7-42/1..2", "7-42/1 BODY[]", "7-42/1\r\nA LOGOUT", "7-42/../1",
        "7/1", "7-42-1/1", "7-42/99999999999", "-7-42/1", "7-42/TEXT", "F07",
    ])
    func `what is no attachment's id asks for nothing`(id: String) {
        #expect(channel.request(aboutFile: id, atMost: 9) == nil)
    }

    @Test func `its bytes come with the answer, under a name of one line`() {
        let answer: JSON = [
            "name": "../a\r\nb\u{202E}.txt", "type": "text/plain", "size": 2,
            "bytes": .string(Base64.encodeURL([104, 105])),
        ]
        guard case .found(let file) = found(200, answer) else {
            Issue.record("it wasn't found")
            return
        }
        #expect(file.name == "../a  b .txt" && file.bytes == .here([104, 105]) && file.size == 2)
    }

    @Test func `a refusal is told in the server's words, in one line, and an odd answer is one`() {
        let no: JSON = ["error": ["message": "it isn't\r\nthere"]]
        guard case .refused(let reason) = found(400, no), case .refused = found(200, ["name": "a"]) else {
            Issue.record("it was found")
            return
        }
        #expect(reason == "it isn't  there")
    }
}
