import Testing

@testable import Channels

/// Whose words are whose in a mail: what may be somebody else's never counts as its author's own.
struct MailQuoteTests {
    @Test(arguments: [
        "Yes.\n\nOn Fri, 20 Nov 2026 Zoe wrote:\n> MALLORY\n> more\n",
        "Yes.\n\nOn Fri, 20 Nov 2026 Zoe wrote:\n> MALLORY\n\n-- \nAlice\nAcme\n",
        "Yes.\n\nOn Fri, 20 Nov 2026 Zoe wrote:\n> hello\n> MALLORY\n>\u{FE0F}\n",
        "Yes.\n\n > MALLORY\n\t> more", "Yes.\n-----Original Message-----\nFrom: Zoe\n\nMALLORY",
        "Yes.\n\n________________________________\nFrom: Zoe <z@x.example>\nSent: Friday\n\nMALLORY",
        "Yes.\n\n*From:* Zoe <z@x.example>\n*Sent:* Friday\n*To:* Alice\n*Subject:* x\n\nMALLORY",
        "Yes.\n\nVon: Zoe\nGesendet: Freitag\nAn: Alice\n\nMALLORY",
        "Yes.\n------- Original Message -------\nOn Friday Zoe wrote:\n\nMALLORY",
    ]) func `an old quotation is left out`(text: String) {
        let quote = MailQuote(text, subject: "Re: x")
        #expect(quote.words == "Yes." && quote.forwarded == nil && quote.quoted?.contains("MALLORY") == true)
    }

    @Test(arguments: [
        "Yes.\n> what?\nMALLORY\n> and?\nthat", "> MALLORY", "Yes.\nOn Friday Zoe wrote:\n\nMALLORY",
        "Yes.\n> a line that\nMALLORY broke in two\n> on the way", "Yes.\n> a\n\n-- \nAlice\n> MALLORY",
        "Yes.\n> a\n\n-- \n1\n2\n3\n4\n5\n6\n7\nMALLORY",
    ]) func `what may be somebody else's is told as theirs`(text: String) {
        let quote = MailQuote(text, subject: "Re: x")
        #expect(!quote.words.contains("MALLORY") && quote.forwarded?.contains("MALLORY") == true && quote.quoted == nil)
    }

    @Test(arguments: ["Fw: x", "FWD: x", "WG: x", " fw : x"])
    func `what the subject says is handed on is told, as theirs`(subject: String) {
        let quote = MailQuote("fyi\n\nFrom: Zoe\nSent: Friday\nTo: Alice\n\nMALLORY", subject: subject)
        #expect(quote.words == "fyi" && quote.forwarded?.contains("MALLORY") == true)
    }

    @Test(arguments: [
        "a:\nb", "", "-- \nAlice", "Please book:\nFrom Zurich\nTo Berlin", "Is 3 > 2?\nYes",
        "I wrote:\u{20}to them\nWho?",
        "He is from: Zurich", "--\nAlice", "Two things: this\n---\nand that",
    ]) func `what somebody wrote is their own`(text: String) {
        let quote = MailQuote(text)
        #expect(quote.quoted == nil && quote.forwarded == nil && quote.words == text)
    }

    @Test(arguments: [
        "<div>fyi</div><hr><div><b>From:</b> Mallory &lt;m@evil.example&gt;<br><b>Sent:</b> Friday<br><b>To:</b> Alice</div>",
        "<div>fyi<br></div><div class=gmail_quote>---------- Forwarded message ---------<br>From: Mallory</div>",
        "<div>fyi</div><div>On Fri Mallory wrote:<br></div><blockquote>hello<br>",
        "<p>fyi</p><blockquote><p>one</p><blockquote>two</blockquote>", "fyi<blockquote></blockquote><blockquote>",
    ]) func `on a page nobody else's words are its author's either`(page: String) {
        for end in ["", "</blockquote>", "</blockquote></blockquote>"] {
            let quote = MailQuote(MailHTML.text("\(page)<div>MALLORY</div>\(end)"))
            #expect(quote.words == "fyi", "\(page)")
        }
    }
}
