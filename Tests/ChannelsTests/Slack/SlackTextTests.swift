import Channels
import Testing
import Turns
import Wire

@Suite struct `What was written in Slack` {
    @Test(arguments: [
        ("<@UB0T> hi", "hi"), ("<@UB0T|deputy> hi", "hi"), ("hi <@UB0T>", "hi"), ("<@UB0T>", ""),
        ("ask <@U9> or <@U9|bob>", "ask @U9 or @U9"), ("in <#C9|general> or <#C9>", "in #general or #C9"),
        ("<!here> and <!subteam^S1|@ops>", "@here and @ops"),
        ("<https://a.test/x?a=1&amp;b=2>", "https://a.test/x?a=1&b=2"),
        ("<https://a.test|a page>", "a page (https://a.test)"),
        ("<mailto:a@b.test|a@b.test>", "a@b.test (mailto:a@b.test)"),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2", "1 < 2 && 3 > 2"), ("&amp;lt;", "&lt;"), ("a < b", "a < b"),
        ("<@UB0T", "<@UB0T"),
        ("<@UB0TX> hi", "@UB0TX hi"), ("  \n x \t", "x"), ("<>", ""), ("<|>", ""), ("", ""),
    ])
    func `markup is read as a person sees it`(_ text: String, _ shown: String) {
        #expect(Slack.message(Slack.wrote(text))?.text == shown)
    }

    @Test(arguments: [
        ("<@UB0T> hi", true), ("hi <@UB0T|x>", true), ("<@UB0TX> hi", false), ("@UB0T", false),
        ("&lt;@UB0T&gt;", false),
    ])
    func `a mention is markup, not letters`(_ text: String, _ isAddressed: Bool) {
        #expect(Slack.message(Slack.wrote(text, channel: "C1"))?.isAddressed == isAddressed)
    }
}
