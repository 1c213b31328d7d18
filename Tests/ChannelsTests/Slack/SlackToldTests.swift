import Authority
import Channels
import Foundation
import Testing
import Turns
import Wire

/// `Tests/Corpus/slack/told.json` is what the stand-in tells an app, which `Conformance/slack` holds it to.
@Suite struct `What the stand-in tells` {
    private static let settings: JSONObject = [
        "app": "A07C106D292", "team": "T07ACME0HQ1", "user": "U076E51ECAA", "bot": "B0795090094",
    ]
    private static let alice = Sender.external(
        SenderID("slack:T07ACME0HQ1/U07ALICE4K2"), SenderStanding(proof: .platform))
    private static let bob = Sender.external(
        SenderID("slack:T07ACME0HQ1/U07BOB0M3QX"), SenderStanding(proof: .platform))

    private let told: [String: HookOutcome]

    init() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Corpus/slack/told.json")
        let entries = try JSON.parse([UInt8](Data(contentsOf: file))).arrayValue ?? []
        told = Dictionary(
            uniqueKeysWithValues: entries.map { entry in
                let request = Slack.signed(
                    Array((entry["body"]?.stringValue ?? "").utf8), type: entry["type"]?.stringValue ?? "")
                return (entry["name"]?.stringValue ?? "", Slack.receive(request, settings: Self.settings))
            })
    }

    private func message(_ name: String) throws -> InboundMessage {
        guard case .messages(let messages, .taken) = told[name] else {
            throw SlackToldProblem(name: name)
        }
        return try #require(messages.first, "\(name)")
    }

    @Test func `each is read, and what nobody wrote to the app starts nothing`() {
        #expect(told.count == 19)
        for (name, outcome) in told {
            if case .refused(let refusal) = outcome { Issue.record("\(name) is refused as \(refusal)") }
        }
        for name in ["an edit", "a deletion", "its own words", "somebody joined"] {
            #expect(told[name] == .messages([], .taken), "\(name)")
        }
        #expect(told["a press of something else"] == .answered(.taken))
    }

    @Test func `a direct message, a reply and a file`() throws {
        let first = try message("a direct message")
        #expect(first.sender == Self.alice && first.place.isPrivate && first.isAddressed)
        #expect(first.text == "1 < 2 & https://a.test/x")
        let reply = try message("a reply in a thread")
        #expect(
            reply.place.peer == first.place.peer && first.event == "\(first.place.peer.id)/\(reply.place.thread ?? "")")
        #expect(
            try message("a file").attachments == [
                Attachment(id: "F07FILE0", name: "plan.pdf", mediaType: "application/pdf", size: 1234)
            ])
    }

    @Test func `a mention comes twice and is one, and what others say isn't addressed`() throws {
        let mention = try message("a mention, and the message")
        #expect(try message("a mention, and the message, 2") == mention)
        #expect(mention.sender == Self.bob && mention.isAddressed && mention.text == "what's new?")
        #expect(mention.place.thread != nil)
        #expect(try !message("what others say").isAddressed)
        #expect(try message("a group of few").isAddressed)
    }

    @Test func `bots and strangers are marked, colleagues aren't`() throws {
        #expect(
            try message("another bot").sender
                == .external(
                    SenderID("slack:T07ACME0HQ1/U07PRODUCT1"), SenderStanding(proof: .platform, isBot: true)))
        guard case .external(let stranger, let standing) = try message("a stranger").sender else { return }
        #expect(stranger.raw.hasPrefix("slack:T08RIVAL999/") && standing.isForeign)
        #expect(try message("a colleague among strangers").sender == Self.alice)
    }

    @Test func `a press names the approval and whoever pressed`() {
        guard case .pressed(let press, .taken) = told["a press"] else {
            Issue.record("not a press")
            return
        }
        #expect(press.choice == .deny && press.approval == "apv_1")
        #expect(press.sender == SenderID("slack:T07ACME0HQ1/U07ALICE4K2"))
    }
}

private struct SlackToldProblem: Error {
    let name: String
}
