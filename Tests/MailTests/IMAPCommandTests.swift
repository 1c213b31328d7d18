import Testing

@testable import Mail

private func sent(_ command: IMAPCommand) -> [String] { command.chunks.map { String(decoding: $0, as: UTF8.self) } }

private func response(_ text: String) throws -> IMAPResponse {
    var reader = IMAPFrameReader()
    return try IMAPResponse(try #require(try reader.push(Array((text + "\r\n").utf8)).first))
}

struct IMAPCommandTests {
    @Test func `what comes from outside can't begin a command`() throws {
        var criteria = MailCriteria()
        criteria.subject = "x\" \\ y"
        #expect(sent(try IMAPSession.searchCommand(criteria)) == ["UID SEARCH UNDELETED SUBJECT \"x\\\" \\\\ y\""])
        criteria.subject = "x\r\nd9 DELETE INBOX"
        #expect(throws: MailFailure.self) { try IMAPSession.searchCommand(criteria) }
        criteria.subject = nil
        criteria.notMessageID = "<dpc."
        #expect(
            sent(try IMAPSession.searchCommand(criteria)) == ["UID SEARCH UNDELETED NOT HEADER Message-ID \"<dpc.\""])
        criteria.notMessageID = nil
        criteria.since = "2026-11-21 ALL"
        #expect(throws: MailFailure.self) { try IMAPSession.searchCommand(criteria) }
    }

    @Test func `text that isn't ASCII goes as a literal, and the server is told its character set`() throws {
        var criteria = MailCriteria()
        criteria.from = "Zoë"
        criteria.since = "2026-02-01"
        criteria.isUnread = true
        #expect(
            sent(try IMAPSession.searchCommand(criteria)) == [
                "UID SEARCH CHARSET UTF-8 UNDELETED UNSEEN SINCE 1-Feb-2026 FROM {4}", "Zoë",
            ])
    }

    @Test(arguments: [
        ("INBOX", "INBOX"), ("Entwürfe", "Entw&APw-rfe"), ("a & b", "a &- b"), ("台北", "&U,BTFw-"), ("😀", "&2D3eAA-"),
    ])
    func `a folder's name is written as servers want it, and read again`(text: String, encoded: String) throws {
        let name = try #require(MailFolderName(text))
        #expect(String(decoding: name.encoded, as: UTF8.self) == encoded)
        #expect(MailFolderName(encoded: Array(encoded.utf8)) == name)
    }

    @Test(arguments: ["", "a\r\nb", "a*", "%", "a\0", String(repeating: "x", count: 501)])
    func `a name that no folder has, or many, is none`(text: String) {
        #expect(MailFolderName(text) == nil)
    }

    @Test func `a literal is sent when the server asks for it`() throws {
        var command = IMAPCommand("APPEND ")
        command.append(string: Array("x".utf8))
        command.append(" ")
        command.append(literal: Array("a\r\n".utf8))
        command.isEffect = true
        var exchange = IMAPExchange(command, tag: "d1", most: 10)
        #expect(exchange.begin() == Array("d1 APPEND \"x\" {3}\r\n".utf8))
        #expect(!exchange.mayBeDone)
        #expect(try exchange.received(try response("* 5 EXISTS")) == .nothing)
        #expect(try exchange.received(try response("+ go on")) == .send(Array("a\r\n\r\n".utf8)))
        #expect(exchange.mayBeDone)
        guard case .done(let reply) = try exchange.received(try response("d1 OK done")) else {
            Issue.record("not done")
            return
        }
        #expect(reply.untagged == [.exists(5)])
    }

    @Test(arguments: ["d2 OK done", "d1 OK done", "+ x"])
    func `an answer out of order is a fault`(text: String) throws {
        var command = IMAPCommand("APPEND x ")
        command.append(literal: [65])
        var exchange = IMAPExchange(command, tag: "d1", most: 10)
        _ = exchange.begin()
        if text == "+ x" { _ = try exchange.received(try response(text)) }
        #expect(throws: MailFault.self) { try exchange.received(try response(text)) }
    }

    @Test func `a refused literal ends the command`() throws {
        var command = IMAPCommand("APPEND x ")
        command.append(literal: [65])
        command.isEffect = true
        var exchange = IMAPExchange(command, tag: "d1", most: 10)
        _ = exchange.begin()
        guard case .done(let reply) = try exchange.received(try response("d1 NO [OVERQUOTA] no")) else {
            Issue.record("not done")
            return
        }
        #expect(reply.status.word == .no)
        #expect(!exchange.mayBeDone)
    }

    @Test func `a server that never stops is left`() throws {
        var exchange = IMAPExchange(IMAPCommand("NOOP"), tag: "d1", most: 3)
        _ = exchange.begin()
        for _ in 0..<3 { _ = try exchange.received(try response("* 1 EXISTS")) }
        #expect(throws: MailFault.self) { try exchange.received(try response("* 1 EXISTS")) }
    }

    @Test func `a token's refusal is answered, and what stands for it may stay unasked`() throws {
        let command = IMAPCommand.authenticate("OAUTHBEARER", ["first", "AQ=="])
        var exchange = IMAPExchange(command, tag: "d1", most: 10)
        _ = exchange.begin()
        #expect(try exchange.received(try response("+ ")) == .send(Array("first\r\n".utf8)))
        var refused = exchange
        #expect(try refused.received(try response("+ eyJ9")) == .send(Array("AQ==\r\n".utf8)))
        guard case .done = try exchange.received(try response("d1 OK in")) else {
            Issue.record("not done")
            return
        }
    }
}

struct IMAPWaitingTests {
    private func exchange() -> IMAPExchange {
        var exchange = IMAPExchange(.idle, tag: "d1", most: 10)
        #expect(exchange.begin() == Array("d1 IDLE\r\n".utf8))
        return exchange
    }

    @Test func `a server that waits is told to stop when something came`() throws {
        var exchange = exchange()
        #expect(try exchange.received(try response("+ idling")) == .nothing)
        for _ in 0..<50 { #expect(try exchange.received(try response("* OK still here")) == .nothing) }
        #expect(try exchange.received(try response("* 5 EXISTS")) == .send(Array("DONE\r\n".utf8)))
        #expect(try exchange.received(try response("* 6 EXISTS")) == .nothing)
        guard case .done(let reply) = try exchange.received(try response("d1 OK done")) else {
            Issue.record("it isn't done")
            return
        }
        #expect(reply.status.word == .ok)
    }

    @Test func `or when it has waited long enough, once`() throws {
        var exchange = exchange()
        #expect(try exchange.received(try response("+ idling")) == .nothing)
        #expect(exchange.endWait() == Array("DONE\r\n".utf8))
        #expect(exchange.endWait() == nil)
        #expect(try exchange.received(try response("* 5 EXISTS")) == .nothing)
    }

    @Test func `what comes before it agreed ends it as soon as it has`() throws {
        var exchange = exchange()
        #expect(try exchange.received(try response("* 5 EXISTS")) == .nothing)
        #expect(exchange.endWait() == nil)
        #expect(try exchange.received(try response("+ idling")) == .send(Array("DONE\r\n".utf8)))
    }

    @Test func `a server that says it is over before it was told is out of order`() throws {
        var exchange = exchange()
        #expect(throws: MailFault.self) { try exchange.received(try response("d1 OK done")) }
        var twice = self.exchange()
        #expect(try twice.received(try response("+ idling")) == .nothing)
        #expect(throws: MailFault.self) { try twice.received(try response("+ idling")) }
        var refused = self.exchange()
        guard case .done(let reply) = try refused.received(try response("d1 BAD no such command")) else {
            Issue.record("it isn't done")
            return
        }
        #expect(reply.status.word == .bad)
    }

    @Test(arguments: [
        ("17-Jul-1996 02:44:25 -0700", 837_596_665), (" 1-Jan-1970 00:00:00 +0000", 0),
        ("29-Feb-2024 23:59:60 +0100", 1_709_247_600),
        ("22-Nov-2026 04:54:11 +0000", 1_795_323_251),
    ])
    func `a server's time is read`(text: String, seconds: Int64) {
        #expect(IMAPSession.seconds(text) == seconds)
    }

    @Test(arguments: [
        "", "17-Jul-1996", "17-Jul-1996 02:44 +0000", "32-Jul-1996 02:44:25 +0000", "17-Foo-1996 02:44:25 +0000",
        "17-Jul-1996 02:44:25 GMT", "17-Jul-1996 24:44:25 +0000",
    ])
    func `what is no time is none`(text: String) {
        #expect(IMAPSession.seconds(text) == nil)
    }
}
