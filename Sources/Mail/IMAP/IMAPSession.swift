import NIOCore
import NIOPosix
import Wire

/// A conversation with an IMAP4rev1 server (RFC 3501), logged in. It ends with the body that it was opened for.
public struct IMAPSession: Sendable {
    private let handler: NIOLoopBound<IMAPHandler>
    private let loop: any EventLoop
    private let each: TimeAmount?
    private(set) var capabilities: Set<String> = []

    /// Connects, logs in, and hands the session to `body`.
    ///
    /// - Throws: `denied` when the login was refused.
    public static func run<Value: Sendable>(
        as login: MailLogin, by route: MailRoute,
        _ body: @Sendable (IMAPSession) async throws(MailFailure) -> Value
    ) async throws(MailFailure) -> Value {
        let channel = try MailChannel(route)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let greeting = loop.makePromise(of: IMAPStatus.self)
        let handed = loop.makePromise(of: NIOLoopBound<IMAPHandler>.self)
        let makeTLS = channel.makeTLS
        do throws(MailFailure) {
            _ = try await channel.open(on: loop) { channel in
                var limits = IMAPLimits()
                limits.whole = route.bytes
                let handler = IMAPHandler(greeting: greeting, limits: limits, makeTLS: makeTLS)
                try channel.pipeline.syncOperations.addHandler(handler)
                let bound = NIOLoopBound(handler, eventLoop: channel.eventLoop)
                handed.succeed(bound)
                let deadline = channel.eventLoop.scheduleTask(in: route.whole) {
                    bound.value.give(up: "the mail server took too long")
                }
                channel.closeFuture.whenComplete { _ in deadline.cancel() }
                let silence = channel.eventLoop.scheduleTask(in: MailRoute.greeting) {
                    bound.value.give(up: "the mail server doesn't greet")
                }
                greeting.futureResult.whenComplete { _ in silence.cancel() }
            }
        } catch {
            handed.fail(error)
            greeting.fail(error)
            throw error
        }
        let session = IMAPSession(
            handler: try await IMAPSession.value(of: handed.futureResult), loop: loop, each: route.each)
        // Whatever happens, the channel is closed.
        defer { session.close("the conversation is over") }
        let opened = try await session.opened(try await IMAPSession.value(of: greeting.futureResult), login, route)
        let result = try await body(opened)
        _ = try? await opened.perform(IMAPCommand("LOGOUT"))
        return result
    }

    private init(handler: NIOLoopBound<IMAPHandler>, loop: any EventLoop, each: TimeAmount?) {
        self.handler = handler
        self.loop = loop
        self.each = each
    }

    private func close(_ reason: String) {
        let handler = handler
        loop.execute { handler.value.give(up: reason) }
    }

    private static func value<Value: Sendable>(of future: EventLoopFuture<Value>) async throws(MailFailure) -> Value {
        do {
            return try await future.get()
        } catch {
            throw error as? MailFailure ?? .notSent("the connection to the mail server failed")
        }
    }

    /// - Parameter waiting: how long a command waits that does.
    func perform(_ command: IMAPCommand, waiting: TimeAmount? = nil) async throws(MailFailure) -> IMAPReply {
        let promise = loop.makePromise(of: IMAPReply.self)
        let handler = handler
        // A command that waits is ended in time, and has its own time to end in.
        let timers = [
            waiting.map { time in loop.scheduleTask(in: time) { handler.value.endWait() } },
            each.map { time in
                loop.scheduleTask(in: time + (waiting ?? .zero)) {
                    handler.value.give(up: "the mail server took too long")
                }
            },
        ]
        promise.futureResult.whenComplete { _ in for timer in timers { timer?.cancel() } }
        loop.execute { handler.value.perform(command, promise) }
        do {
            return try await withTaskCancellationHandler {
                try await promise.futureResult.get()
            } onCancel: {
                close("the call was cancelled while it ran")
            }
        } catch {
            throw error as? MailFailure ?? .unknown("the connection to the mail server failed")
        }
    }

    /// The reply of a command that the server carried out.
    func done(_ command: IMAPCommand) async throws(MailFailure) -> IMAPReply {
        let reply = try await perform(command)
        guard reply.status.word == .ok else { throw .refused("the mail server said \(reply.status.shown)") }
        return reply
    }

    private func opened(
        _ greeting: IMAPStatus, _ login: MailLogin, _ route: MailRoute
    ) async throws(MailFailure) -> IMAPSession {
        switch greeting.word {
        case .ok: break
        case .preauth: throw .refused("the mail server says that somebody is logged in already")
        case .no, .bad, .bye: throw .notSent("the mail server said \(greeting.shown)")
        }
        var session = self
        if route.server.security == .startTLS {
            session.capabilities = try await session.askCapabilities()
            guard session.capabilities.contains("STARTTLS") else {
                throw .refused("the mail server offers no STARTTLS, and nothing is said in clear")
            }
            var command = IMAPCommand("STARTTLS")
            command.startsTLS = true
            _ = try await session.done(command)
        } else if route.server.security == .clear {
            throw .refused("a login is never sent in clear")
        }
        // What was said in clear, or before the login, is forgotten.
        session.capabilities = try await session.askCapabilities()
        try await session.logIn(login)
        session.capabilities = try await session.askCapabilities()
        guard session.capabilities.contains("IMAP4REV1") else {
            throw .refused("the mail server doesn't speak IMAP4rev1")
        }
        return session
    }

    private func askCapabilities() async throws(MailFailure) -> Set<String> {
        var found: Set<String> = []
        for untagged in try await done(IMAPCommand("CAPABILITY")).untagged {
            if case .capabilities(let names) = untagged { found = names }
        }
        return found
    }

    private func logIn(_ login: MailLogin) async throws(MailFailure) {
        let wanted = login.mechanism.token ?? "PLAIN"
        let reply: IMAPReply
        if capabilities.contains("AUTH=\(wanted)") {
            let first = try login.firstMessage()
            let messages = login.mechanism == .password ? [first] : [first, login.errorAnswer]
            reply = try await perform(.authenticate(wanted, messages))
        } else if login.mechanism == .password, !capabilities.contains("LOGINDISABLED") {
            reply = try await perform(try IMAPSession.loginCommand(login))
        } else {
            throw .refused("the mail server takes no `\(wanted)`")
        }
        guard reply.status.word != .ok else { return }
        let reason = "the mail server said \(reply.status.shown)"
        // RFC 5530: these are about the server, and not about the credential.
        let passing = ["UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "CONTACTADMIN"]
        if reply.status.word == .no, !passing.contains(reply.status.code ?? "") { throw .denied(reason) }
        throw .notSent(reason)
    }

    private static func loginCommand(_ login: MailLogin) throws(MailFailure) -> IMAPCommand {
        let password = login.secret.withBytes { Array($0) }
        guard !password.contains(0) else { throw .refused("the secret holds a character that no login can carry") }
        var command = IMAPCommand("LOGIN ")
        command.append(string: Array(login.user.utf8))
        command.append(" ")
        command.append(string: password)
        return command
    }
}
