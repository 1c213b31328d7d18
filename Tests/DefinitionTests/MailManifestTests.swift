import Authority
import OAuth
import Testing
import Wire

@testable import Definition

private func manifest(_ mail: String, _ more: String = "") throws -> ProviderManifest {
    try ProviderManifest(reading: "{ provider: \"post\", mail: { \(mail) } \(more) }", file: "post.json5")
}

private let servers = "imap: \"imaps://Mail.acme.test\", smtp: \"smtp://mail.acme.test\","
private let oauth = """
    , oauth: { authorization: "https://id.acme.test/a", token: "https://id.acme.test/t" }
    """

private let wrong: [(mail: String, more: String)] = [
    ("imap: \"https://mail.acme.test\", auth: \"password\"", ""),
    ("imap: \"smtps://mail.acme.test\", auth: \"password\"", ""),
    ("imap: \"imap-clear://mail.acme.test\", auth: \"password\"", ""),
    ("imap: \"imaps://mail.acme.test/x\", auth: \"password\"", ""),
    ("imap: \"imaps://a@mail.acme.test\", auth: \"password\"", ""),
    ("imap: \"imaps://mail.acme.test:0\", auth: \"password\"", ""),
    ("auth: \"password\"", ""),
    (servers, ""),
    ("\(servers) auth: \"plain\"", ""),
    ("\(servers) auth: \"xoauth2\"", oauth),
    ("\(servers) auth: \"password\"", oauth),
    ("\(servers) auth: \"xoauth2\", account: \"http://id.acme.test/userinfo\"", oauth),
    ("\(servers) auth: \"password\", domain: \"a b\"", ""),
    ("\(servers) auth: \"password\"", ", tools: []"),
]

struct MailManifestTests {
    @Test func `mailboxes need no more than their servers, and bring their tools`() throws {
        let manifest = try manifest(servers + "auth: \"password\", domain: \"acme.test\"")
        #expect(manifest.origin == "imaps://mail.acme.test:993 smtp://mail.acme.test:587")
        #expect(manifest.credential == .basic)
        #expect(
            manifest.tools.map(\.name) == [
                "post.folders", "post.search", "post.read", "post.send", "post.draft", "post.move", "post.mark",
            ])
        #expect(
            manifest.tools.map(\.effect) == [.read, .read, .read, .send, .create, .update, .update])
        let send = try #require(manifest.tools.first { $0.effect == .send })
        #expect(send.arguments.filter { $0.role == .destination }.map(\.name) == ["to", "cc"])
    }

    @Test func `without a server to send through there is no tool that sends`() throws {
        let manifest = try manifest("imap: \"imap://mail.acme.test\", auth: \"password\"")
        #expect(manifest.origin == "imap://mail.acme.test:143")
        #expect(!manifest.tools.contains { $0.effect == .send })
    }

    @Test func `tokens come by OAuth, and their provider says whose they are`() throws {
        let manifest = try manifest(
            servers + "auth: \"xoauth2\", account: \"https://id.acme.test/userinfo\"", oauth)
        #expect(manifest.credential == .bearer)
        #expect(manifest.mail?.account?.origin == "https://id.acme.test")
    }

    @Test(arguments: wrong)
    func `a manifest that can't be meant is told`(mail: String, more: String) {
        #expect(throws: SourceProblems.self) { try manifest(mail, more) }
    }

    @Test func `mail servers stand in their manifest and nowhere else`() throws {
        let manifest = try manifest(servers + "auth: \"password\"")
        #expect(throws: DefinitionProblems.self) {
            try ProviderShelf([manifest], origins: [ProviderID("post"): "https://elsewhere.test"])
        }
    }

    @Test(arguments: [
        ("alice", "alice@acme.test"), ("alice@acme.test", "alice@acme.test"), ("alice@ACME.test", "alice@ACME.test"),
        ("alice@evil.test", nil), ("alice@evilacme.test", nil),
    ])
    func `an account is of the domain, or isn't taken`(user: String, address: String?) throws {
        let manifest = try manifest(servers + "auth: \"password\", domain: \"acme.test\"")
        #expect(manifest.mail?.access.address(ofUser: user) == address)
    }
}
