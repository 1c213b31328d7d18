import NIOCore
import NIOPosix

/// Hands over mail: one connection for each message.
public enum SMTPClient {
    /// - Parameters:
    ///   - helloName: what we call ourselves (RFC 5321 section 4.1.1.1).
    ///   - mail: nil to try the login and no more.
    /// - Throws: `unknown` once the last dot may have left; `denied` when the login was refused.
    public static func send(
        _ mail: OutgoingMail?, as login: MailLogin?, helloName: String, by route: MailRoute
    ) async throws(MailFailure) {
        let channel = try MailChannel(route)
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let result = loop.makePromise(of: Void.self)
        let handed = loop.makePromise(of: NIOLoopBound<SMTPHandler>.self)
        let (makeTLS, security) = (channel.makeTLS, route.server.security)
        do throws(MailFailure) {
            _ = try await channel.open(on: loop) { channel in
                let handler = SMTPHandler(
                    SMTPDialogue(security: security, login: login, helloName: helloName, mail: mail), result: result,
                    makeTLS: makeTLS)
                try channel.pipeline.syncOperations.addHandler(handler)
                let bound = NIOLoopBound(handler, eventLoop: channel.eventLoop)
                handed.succeed(bound)
                let deadline = channel.eventLoop.scheduleTask(in: route.whole) {
                    bound.value.give(up: "the mail server took too long")
                }
                result.futureResult.whenComplete { _ in deadline.cancel() }
            }
        } catch {
            handed.fail(error)
            result.fail(error)
        }
        do {
            try await withTaskCancellationHandler {
                try await result.futureResult.get()
            } onCancel: {
                handed.futureResult.whenSuccess { $0.value.give(up: "the call was cancelled while it ran") }
            }
        } catch {
            throw error as? MailFailure ?? .unknown("the connection to the mail server failed")
        }
    }
}
