import Wire

/// The client's side of one message (RFC 5321), as a machine without a network: it is given replies and says what to do.
struct SMTPDialogue {
    enum Action: Sendable, Hashable {
        case send([UInt8])
        /// Begin TLS now: the next bytes in both directions are its handshake.
        case startTLS
        /// The server has taken the message, or the login where there is none. What is sent with it is a farewell.
        case finished([UInt8])
        case fail(MailFailure)
    }

    private enum State: Hashable {
        case greeting, hello, startTLS, helloInTLS, user, password, verdict, sender, recipient, data, message
        case over
    }

    let security: MailServer.Security
    let login: MailLogin?
    let helloName: String
    /// Nil to try the login and no more.
    let mail: OutgoingMail?

    private var state = State.greeting
    private var isSecure: Bool
    private var capabilities: [String: [String]] = [:]
    private var recipients: ArraySlice<MailAddress> = []
    private var challenged = false

    init(security: MailServer.Security, login: MailLogin?, helloName: String, mail: OutgoingMail?) {
        self.security = security
        self.login = login
        self.helloName = helloName
        self.mail = mail
        isSecure = security == .implicit
    }

    /// Whether the last dot may have left: from here on a lost connection says nothing.
    var mayBeDelivered: Bool { state == .message }

    /// What a connection means that was lost now.
    func lost(_ reason: String) -> MailFailure { mayBeDelivered ? .unknown(reason) : .notSent(reason) }

    mutating func received(_ reply: SMTPReply) -> Action {
        if isErrorChallenge(reply), let login {
            challenged = true
            return .send(Array((login.errorAnswer + "\r\n").utf8))
        }
        if let failure = failure(of: reply) { return end(.fail(failure)) }
        switch state {
        case .greeting: return step(.hello, "EHLO \(helloName)")
        case .hello:
            readCapabilities(reply)
            guard security == .startTLS else { return authenticate() }
            guard capabilities["STARTTLS"] != nil else {
                return end(.fail(.refused("the mail server offers no STARTTLS, and nothing is sent in clear")))
            }
            return step(.startTLS, "STARTTLS")
        case .startTLS:
            isSecure = true
            // Whatever was said in clear is forgotten (RFC 3207 section 4.2).
            capabilities = [:]
            state = .helloInTLS
            return .startTLS
        case .helloInTLS:
            readCapabilities(reply)
            return authenticate()
        case .user: return answer(.password) { Array($0.user.utf8) }
        case .password: return answer(.verdict) { login in login.secret.withBytes { Array($0) } }
        case .verdict: return sender()
        case .sender, .recipient:
            guard let next = recipients.popFirst() else { return step(.data, "DATA") }
            return step(.recipient, "RCPT TO:<\(next)>")
        case .data:
            state = .message
            return .send(SMTPDialogue.stuffed(mail?.bytes ?? []))
        case .message: return end(.finished(Array("QUIT\r\n".utf8)))
        case .over: return .fail(.notSent("the mail server spoke after the end"))
        }
    }

    /// TLS has begun.
    mutating func securedByTLS() -> Action { step(.helloInTLS, "EHLO \(helloName)") }

    /// A token's refusal comes in two parts, and the second only when the first was answered.
    private func isErrorChallenge(_ reply: SMTPReply) -> Bool {
        state == .verdict && reply.code == 334 && login?.mechanism.token != nil && !challenged
    }

    /// Nil when the reply is what this state waits for.
    private func failure(of reply: SMTPReply) -> MailFailure? {
        let isExpected: Bool =
            switch state {
            case .data, .user, .password: reply.kind == .intermediate
            case .verdict: reply.code == 235
            case .greeting, .hello, .startTLS, .helloInTLS, .sender, .recipient, .message, .over:
                reply.kind == .completed
            }
        if isExpected { return nil }
        let reason = "the mail server said \(reply.text)"
        switch reply.kind {
        case .transient: return .notSent(reason)
        // RFC 4954 section 6: 535 is about the credential. The rest, such as 530 or 538, is about how it was shown.
        case .permanent: return isAboutLogin && reply.code == 535 ? .denied(reason) : .refused(reason)
        // Neither yes nor no. After the last dot nobody can tell.
        case .completed, .intermediate: return lost("the mail server answered out of order: \(reply.text)")
        }
    }

    private var isAboutLogin: Bool { [.user, .password, .verdict].contains(state) }

    private mutating func step(_ next: State, _ command: String) -> Action {
        state = next
        return .send(Array((command + "\r\n").utf8))
    }

    private mutating func end(_ action: Action) -> Action {
        state = .over
        return action
    }

    private mutating func readCapabilities(_ reply: SMTPReply) {
        capabilities = [:]
        for line in reply.lines.dropFirst() {
            let words = line.split(separator: " ").map { $0.uppercased() }
            if let keyword = words.first { capabilities[keyword] = Array(words.dropFirst()) }
        }
    }

    private mutating func authenticate() -> Action {
        guard let login else { return sender() }
        guard isSecure else { return end(.fail(.refused("a login is never sent in clear"))) }
        let mechanisms = capabilities["AUTH"] ?? []
        let wanted = login.mechanism.token ?? "PLAIN"
        if mechanisms.contains(wanted) {
            do throws(MailFailure) {
                return step(.verdict, "AUTH \(wanted) \(try login.firstMessage())")
            } catch {
                return end(.fail(error))
            }
        }
        guard login.mechanism == .password else {
            return end(.fail(.refused("the mail server takes no AUTH \(wanted)")))
        }
        if mechanisms.contains("LOGIN") { return step(.user, "AUTH LOGIN") }
        return end(.fail(.refused("the mail server takes neither AUTH PLAIN nor AUTH LOGIN")))
    }

    private mutating func answer(_ next: State, _ bytes: (MailLogin) -> [UInt8]) -> Action {
        guard let login else { return end(.fail(.refused("the mail server asks for a password"))) }
        return step(next, Base64.encode(bytes(login)))
    }

    private mutating func sender() -> Action {
        guard let mail else { return end(.finished(Array("QUIT\r\n".utf8))) }
        recipients = mail.recipients[...]
        guard let size = capabilities["SIZE"] else { return step(.sender, "MAIL FROM:<\(mail.from)>") }
        // RFC 1870: 0 or nothing is no limit that is known.
        if let limit = size.first.flatMap({ Int($0) }), limit > 0, mail.bytes.count > limit {
            return end(.fail(.refused("the mail server takes messages of \(limit) bytes at the most")))
        }
        return step(.sender, "MAIL FROM:<\(mail.from)> SIZE=\(mail.bytes.count)")
    }

    /// A dot at the start of a line is doubled, and a line with one dot ends it all (RFC 5321 section 4.5.2).
    static func stuffed(_ message: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(message.count + 16)
        var isLineStart = true
        for byte in message {
            if isLineStart, byte == UInt8(ascii: ".") { bytes.append(byte) }
            bytes.append(byte)
            isLineStart = byte == UInt8(ascii: "\n")
        }
        return bytes + Array(".\r\n".utf8)
    }
}
