import Authority
import Channels
import Gate
import Testing
import Turns
import Wire

struct SlackUploadTests {
    private let channel = SlackChannel()
    private let alice = SenderID("slack:T1/U7")

    private func file(_ handle: String?) -> OutboundFile {
        var file = OutboundFile(call: CallID("c1"), name: "a&b=ü.csv", mediaType: "text/csv", size: 3)
        file.bytes = [1, 2, 3]
        file.handle = handle
        return file
    }

    private func requests(
        _ reply: JSONObject, to sender: SenderID? = nil, files: [OutboundFile]
    ) -> [ChannelRequest] {
        channel.requests(
            for: OutboundMessage(
                id: "m", account: Slack.accountID, reply: reply, privately: sender, content: .words("See."),
                files: files), from: Slack.account)
    }

    private func place(_ status: Int, _ body: JSON, retryAfter: Int? = nil) -> UploadPlace {
        channel.place(ChannelAnswer(status: status, retryAfter: retryAfter, body: body.bytes()))
    }

    @Test func `a place is asked for with name and length in the query`() {
        let request = channel.request(placing: file(nil))
        #expect(
            request.method == "GET" && request.body == .null
                && request.path == "/api/files.getUploadURLExternal?filename=a%26b%3D%C3%BC.csv&length=3")
    }

    @Test func `files are shown after the words, in the words' thread`() {
        let all = requests(["channel": "C1", "user": "U7", "thread": "1.000100"], files: [file("F1"), file("F2")])
        #expect(all.map(\.path) == ["/api/chat.postMessage", "/api/files.completeUploadExternal"])
        #expect(
            all.last?.body == [
                "files": [["id": "F1", "title": "a&b=ü.csv"], ["id": "F2", "title": "a&b=ü.csv"]],
                "channel_id": "C1", "thread_ts": "1.000100",
            ])
        #expect(requests(["channel": "C1", "user": "U7"], files: [file(nil)]).count == 1)
    }

    @Test func `what is for one alone goes where they alone were told, and nowhere else`() throws {
        let share = try #require(requests(["channel": "C1", "user": "U7"], to: alice, files: [file("F1")]).last)
        #expect(share.body["channel_id"] == nil)
        #expect(channel.request(share, after: "D1/1.000100")?.body["channel_id"] == "D1")
        for said in [nil, "C1/1.000100", "G1/1.000100", "", "/", "D1&x/1"] {
            #expect(channel.request(share, after: said) == nil, "\(said ?? "nothing")")
        }
        let post = try #require(requests(["channel": "C1", "user": "U7"], files: []).first)
        #expect(channel.request(post, after: nil) == post)
    }

    @Test func `where it goes is what Slack says, and until it is shown all may be done again`() {
        let taken: JSON = ["ok": true, "file_id": "F1", "upload_url": "https://files.slack.com/upload/v1/x"]
        #expect(place(200, taken) == .at(handle: "F1", address: "https://files.slack.com/upload/v1/x"))
        #expect(place(200, ["ok": true]) == .failed(.refused("Slack doesn't say where the file goes")))
        #expect(place(429, [:], retryAfter: 7) == .failed(.putOff(after: 7, "Slack takes no more messages for now")))
        guard case .failed(.retry) = place(500, [:]), case .failed(.retry) = place(200, .null),
            case .failed(.refused) = place(200, ["ok": false, "error": "missing_scope"])
        else {
            Issue.record("a place's failure")
            return
        }
    }

    @Test func `shown files are known by the words before them, and without an answer nobody knows`() {
        let request = ChannelRequest(
            method: "POST", path: "/api/files.completeUploadExternal", body: ["channel_id": "C1"])
        func outcome(_ status: Int, _ body: JSON) -> DeliveryOutcome {
            channel.outcome(of: ChannelAnswer(status: status, retryAfter: nil, body: body.bytes()), to: request)
        }
        #expect(outcome(200, ["ok": true, "files": [["id": "F1"]]]) == .delivered(""))
        guard case .unknown = outcome(500, [:]), case .unknown = outcome(200, ["ok": true]),
            case .refused = outcome(200, ["ok": false, "error": "file_not_found"])
        else {
            Issue.record("an outcome")
            return
        }
    }
}
