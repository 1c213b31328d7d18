import Authority
import Channels
import Foundation
import Testing
import Turns
import Wire

/// `Tests/Corpus/slack` is what is made for Slack. Slack's own schema and library read the same files in
/// `Conformance/slack`.
@Suite struct `What is made for Slack` {
    private static let corpus = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Corpus/slack")

    private func kept(_ name: String) throws -> JSON {
        try JSON.parse([UInt8](Data(contentsOf: Self.corpus.appending(path: name))))
    }

    @Test func `a manifest for each way in which events come`() throws {
        var manifest = SlackManifest(
            name: "Onboarding assistant", publicURL: "https://deputy.acme.test", account: Slack.accountID)
        #expect(manifest.json == (try kept("manifest-hook.json")))
        manifest.delivery = .socket
        manifest.redirect = "https://deputy.acme.test/connect/callback"
        manifest.readsAddresses = true
        #expect(manifest.json == (try kept("manifest-socket.json")))
    }

    @Test func `a request for each thing to say, in each place`() throws {
        #expect(Self.requests == (try kept("requests.json")))
    }

    private static let requests: JSON = {
        let thread: JSONObject = ["channel": "C1", "user": "U7", "thread": "1795000000.000100", "begun": true]
        let direct: JSONObject = ["channel": "D1", "user": "U7"]
        let alice = SenderID("slack:T1/U7")
        let notice = OutboundContent.notice("Connect Notion to go on.", link: "https://deputy.acme.test/connect/1")
        let approval = OutboundContent.approval(
            ApprovalNotice(
                approval: "apv_1", title: "Send a mail", lines: ["to: bob@acme.test", "subject: <!channel> *hi*"],
                link: "https://deputy.acme.test/approvals/1", hasButtons: true))
        let words = OutboundContent.words("See <!channel> & <https://evil.test|here>.\n```\ncode\n```")
        let cases: [(String, OutboundContent, JSONObject, SenderID?, String?)] = [
            ("words in a thread", words, thread, nil, nil), ("words between two", words, direct, nil, nil),
            ("words for one alone", words, thread, alice, nil), ("a notice at a glance", notice, thread, alice, nil),
            ("a notice between two", notice, direct, alice, nil), ("an approval", approval, thread, alice, nil),
            ("an approval for all to see", approval, thread, nil, nil),
            ("a decision", .notice("Approved by Dana.", link: nil), direct, alice, "D1/1795000000.000200"),
        ]
        return .array(
            cases.flatMap { name, content, reply, reader, replaced in
                SlackChannel().requests(
                    for: OutboundMessage(
                        id: "m1", account: Slack.accountID, reply: reply, privately: reader, replaces: replaced,
                        content: content), from: Slack.account
                ).map { ["name": .string(name), "path": .string($0.path), "body": $0.body] }
            })
    }()
}
