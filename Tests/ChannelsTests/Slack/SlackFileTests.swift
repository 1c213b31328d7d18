import Authority
import Channels
import Testing
import Turns
import Wire

struct SlackFileTests {
    private func read(_ edit: (inout JSONObject) -> Void = { _ in }, ok: Bool = true, status: Int = 200) -> String {
        var file: JSONObject = [
            "id": "F1", "name": "plan.txt", "mimetype": "text/plain", "size": 12, "user_team": "T1", "mode": "hosted",
            "url_private_download": "https://files.slack.com/files-pri/T1-F1/download/plan.txt",
        ]
        edit(&file)
        let body: JSON = ok ? ["ok": true, "file": .object(file)] : ["ok": false, "error": "file_deleted"]
        let answer = ChannelAnswer(status: status, retryAfter: nil, body: body.bytes())
        switch SlackChannel().file(answer, "F1", for: Slack.account) {
        case .found(let file): return "\(file.name) \(file.mediaType) \(file.size) \(file.bytes)"
        case .refused(let reason): return reason
        }
    }

    @Test func `a file of the workspace is found`() {
        #expect(read() == #"plan.txt text/plain 12 at("https://files.slack.com/files-pri/T1-F1/download/plan.txt")"#)
        #expect(SlackChannel().request(aboutFile: "F1", atMost: 1)?.path == "/api/files.info?file=F1")
        for id in ["", "C1", "F1&x=y", "../F1"] { #expect(SlackChannel().request(aboutFile: id, atMost: 1) == nil) }
    }

    @Test func `another one, another team's, one that is kept elsewhere and what can't be read are refused`() {
        #expect(read { $0["user_team"] = "T2" } == "it isn't kept in this workspace")
        #expect(read { $0["source_team"] = "T2" } == "it isn't kept in this workspace")
        #expect(read { $0["is_external"] = true } == "it isn't kept in this workspace")
        #expect(read { $0["id"] = "F2" } == "Slack gave another file")
        #expect(read { $0["size"] = -1 } == "Slack doesn't say where it is")
        #expect(read { $0["url_private_download"] = nil } == "Slack doesn't say where it is")
        #expect(read(ok: false) == "Slack doesn't give it")
        #expect(read(status: 500) == "Slack answered with status 500")
    }
}
