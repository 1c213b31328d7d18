import Console
import Testing

struct InertTests {
    @Test(arguments: [
        ("plain äöü 日本 🎈", "plain äöü 日本 🎈"), ("a\u{202E}b", "a⟨U+202E⟩b"), ("x\u{200B}y", "x⟨U+200B⟩y"),
        ("\u{1B}[31m", "⟨U+001B⟩[31m"), ("one\ntwo", "one⟨U+000A⟩two"), ("\u{FEFF}", "⟨U+FEFF⟩"),
        ("\u{2066}z\u{2069}", "⟨U+2066⟩z⟨U+2069⟩"), ("a\u{00A0}b", "a⟨U+00A0⟩b"), ("\u{3164}", "⟨U+3164⟩"),
        ("\u{E0041}", "⟨U+E0041⟩"), ("", ""),
    ])
    func `what can't be seen is written out`(_ text: String, _ shown: String) {
        #expect(Inert.text(text) == shown)
    }

    @Test func `line breaks of a text stay lines`() {
        #expect(Inert.text("one\n\ttwo\r", keepsLines: true) == "one\n\ttwo⟨U+000D⟩")
    }
}

struct InertJSONTests {
    @Test(arguments: [
        ("{\n  \"a\": \"äöü 日本 🎈\"\n}", "{\n  \"a\": \"äöü 日本 🎈\"\n}"), ("\"a\u{202E}b\"", "\"a\\u202Eb\""),
        ("\"\u{E0041}\"", "\"\\uDB40\\uDC41\""), ("\"a\u{00A0}\u{7F}\"", "\"a\\u00A0\\u007F\""),
        ("\"\\n\\u0000\"", "\"\\n\\u0000\""),
    ])
    func `what can't be seen in JSON becomes its escape`(_ text: String, _ shown: String) {
        #expect(Inert.json(text) == shown)
    }
}

struct PageTests {
    private let frame = Frame(person: "Dana", organization: "acme", csrf: "c-token", place: "approvals")

    @Test func `every text is escaped`() throws {
        let page = try Pages().render(
            MessageView(title: "<b>", text: "<script>alert('1')</script>", wayOut: "\"&", link: nil), in: frame)
        #expect(!page.contains("<script>"))
        #expect(!page.contains("<b>"))
        #expect(page.contains("&lt;script&gt;"))
    }

    @Test func `an approval shows its destinations before anything else and carries what was shown`() throws {
        let view = ApprovalView(
            title: "Send a mail", path: "/approvals/a1", shown: "d1gest", effect: "sends",
            destinations: [.init(text: "pat@stranger.example", isOutside: true)], account: "dana@acme.test",
            agent: "email", requester: "bob", behalf: nil,
            arguments: [.init(name: "body", role: "content", value: "<i>hi</i>")], json: "{}", findings: ["because"],
            seen: nil, others: nil, expires: "tomorrow", canAnswer: true, obstacle: nil, allowsWindow: false, state: "")
        let page = try Pages().render(view, in: frame)
        let to = try #require(page.firstRange(of: "pat@stranger.example"))
        let body = try #require(page.firstRange(of: "&lt;i&gt;hi"))
        #expect(to.lowerBound < body.lowerBound)
        #expect(page.contains("outside the organization"))
        #expect(page.contains("name=\"shown\" value=\"d1gest\""))
        #expect(page.contains("name=\"csrf\" value=\"c-token\""))
        #expect(!page.contains("name=\"window\""))
    }

    @Test func `who may not answer sees no form`() throws {
        let view = ApprovalView(
            title: "t", path: "/p", shown: "s", effect: "e", destinations: [], account: "a", agent: "g", requester: "r",
            behalf: nil, arguments: [], json: "{}", findings: [], seen: nil, others: nil, expires: "", canAnswer: false,
            obstacle: nil, allowsWindow: true, state: "dana denied it")
        let page = try Pages().render(view, in: frame)
        #expect(!page.contains("<form"))
        #expect(page.contains("dana denied it"))
    }

    @Test func `who isn't signed in sees no navigation`() throws {
        let page = try Pages().render(
            LoginView(name: "Dana", email: "dana@acme.test", code: "dpy_login_x"),
            in: Frame(person: nil, organization: nil, csrf: nil, place: "login"))
        #expect(!page.contains("<nav"))
        #expect(page.contains("method=\"post\" action=\"/login\""))
    }
}
