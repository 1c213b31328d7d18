import Authority
import Channels
import Testing
import Turns
import Wire

@Suite struct `What Slack signed` {
    private let good = Slack.signed(Slack.callback(Slack.wrote()).bytes())

    @Test func `a signed event is read`() {
        guard case .messages(let messages, .taken) = Slack.receive(good) else {
            Issue.record("refused")
            return
        }
        #expect(messages.map(\.text) == ["hello"])
    }

    @Test(arguments: ["x-slack-signature", "x-slack-request-timestamp"])
    func `row_10 without a signature or its time it is unsigned`(_ header: String) {
        #expect(Slack.receive(good.changed(headers: [header: String?.none])) == .refused(.unsigned))
        #expect(Slack.receive(good.changed(headers: [header: ""])) == .refused(.unsigned))
    }

    @Test func `row_10 another secret, body, time or spelling is a bad signature`() {
        let signature = good.headers["x-slack-signature"] ?? ""
        let forged = [
            Slack.signed(good.body, secret: "another"), good.changed(body: good.body + [0x20]),
            good.changed(headers: ["x-slack-request-timestamp": String(Slack.seconds + 1)]),
            good.changed(headers: ["x-slack-signature": String(signature.dropFirst(3))]),
            good.changed(headers: ["x-slack-signature": "v1" + signature.dropFirst(2)]),
            good.changed(headers: ["x-slack-signature": signature.uppercased()]),
            good.changed(headers: ["x-slack-signature": "v0=" + signature.dropFirst(3).uppercased()]),
            good.changed(headers: ["x-slack-signature": String(signature.dropLast(2))]),
            good.changed(headers: ["x-slack-signature": signature + "00"]),
            good.changed(headers: ["x-slack-signature": "v0="]),
        ]
        for request in forged { #expect(Slack.receive(request) == .refused(.badSignature)) }
    }

    @Test(arguments: [(-301, false), (-300, true), (0, true), (300, true), (301, false)] as [(Int64, Bool)])
    func `row_10 five minutes to either side are new`(_ offset: Int64, _ isNew: Bool) {
        let request = Slack.signed(good.body, stamp: String(Slack.seconds + offset))
        #expect((Slack.receive(request) != .refused(.stale)) == isNew)
    }

    @Test(arguments: [
        "now", "1795000000.0", "-1795000000", "+1795000000", " 1795000000", "0x6b", "１７９５０００００", "9999999999999",
    ])
    func `a time that is no number is refused, though signed`(_ stamp: String) {
        #expect(Slack.receive(Slack.signed(good.body, stamp: stamp)) == .refused(.stale))
    }

    @Test func `leading zeros are another text, and signed as such`() {
        #expect(Slack.receive(Slack.signed(good.body, stamp: "01795000000")) != .refused(.badSignature))
    }

    @Test(arguments: ["GET", "PUT", "post", ""]) func `only POST is taken`(_ method: String) {
        #expect(Slack.receive(good.changed(method: method)) == .refused(.method))
    }

    @Test func `row_10 a large body is refused before anything is computed over it`() {
        let large = Slack.signed([UInt8](repeating: 0x20, count: 1 << 20) + good.body)
        #expect(Slack.receive(large) == .refused(.tooLarge))
    }

    @Test(arguments: ["", "text/plain", "application/jsonx", "multipart/form-data"])
    func `other types of content can't be read`(_ type: String) {
        #expect(Slack.receive(Slack.signed(good.body, type: type)) == .refused(.malformed))
    }

    @Test(arguments: ["application/json", "application/json; charset=utf-8", "Application/JSON;charset=utf-8"])
    func `parameters and case of the type don't matter`(_ type: String) {
        #expect(Slack.receive(Slack.signed(good.body, type: type)) != .refused(.malformed))
    }

    @Test func `another app, another workspace and unfit settings are foreign`() {
        let foreign: [JSONObject] = [
            ["api_app_id": "A2"], ["api_app_id": nil], ["authorizations": [["team_id": "T2"]]],
            ["authorizations": [], "team_id": "T2"], ["authorizations": [], "team_id": nil, "enterprise_id": "E1"],
        ]
        for more in foreign {
            #expect(Slack.receive(Slack.callback(Slack.wrote(), more)) == .refused(.foreign))
        }
        #expect(Slack.receive(good, settings: ["app": "A1"]) == .refused(.foreign))
    }

    @Test func `in a shared channel the installation counts, not where it happened`() {
        #expect(Slack.message(Slack.wrote(), in: ["team_id": "T2"])?.text == "hello")
    }

    @Test func `an organization's installation has no workspace`() {
        var settings = Slack.home
        settings["enterprise"] = "E1"
        let authorizations: JSON = [["team_id": nil, "enterprise_id": "E1", "is_enterprise_install": true]]
        let message = Slack.message(Slack.wrote(), in: ["authorizations": authorizations], settings: settings)
        #expect(message?.sender == .external(SenderID("slack:E1/U7"), SenderStanding(proof: .platform)))
        #expect(
            Slack.receive(Slack.callback(Slack.wrote(), ["authorizations": authorizations])) == .refused(.foreign))
    }
}
