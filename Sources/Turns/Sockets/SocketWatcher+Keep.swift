import Authority
import Gate
import Logging

extension SocketWatcher {
    private enum Signal: Sendable {
        /// The platform is there.
        case greeted(Int)
        /// This socket ends soon.
        case closing(Int)
        case ended(Int, SocketFailure?)
    }

    /// How long a socket that ends is heard once another one was asked for.
    private static let grace = Duration.seconds(30)
    private static let longestPause = 300.0
    /// Between two tries while somebody has to change something first.
    private static let patience = 300

    /// Opens sockets again and again: the next one before one ends whose end was announced, else after a pause that grows.
    func keep(_ record: ChannelAccountRecord, _ channel: any SocketChannel) async {
        let (signals, signal) = AsyncStream<Signal>.makeStream()
        await withTaskGroup(of: Void.self) { group in
            var newest = 0
            var failures = 0
            func open() {
                newest += 1
                let number = newest
                group.addTask { signal.yield(.ended(number, await attend(number, record, channel, signal))) }
            }
            open()
            for await heard in signals {
                switch heard {
                case .greeted: failures = 0
                case .closing(let number):
                    if number == newest { open() }
                case .ended(let number, let failure):
                    if let failure { note(failure, on: record.account.id) }
                    guard number == newest else { continue }
                    failures += 1
                    await pause(rest(failure, after: failures))
                    guard !Task.isCancelled else { return }
                    open()
                }
            }
        }
    }

    private func rest(_ failure: SocketFailure?, after failures: Int) -> Duration {
        if let seconds = failure?.after { return .seconds(Double(seconds) + jitter()) }
        if failure?.needsSomebody == true { return .seconds(SocketWatcher.patience) }
        let longest = min(Double(1 << min(failures, 10)), SocketWatcher.longestPause)
        return .seconds(longest * (1 + jitter()) / 2)
    }

    private func note(_ failure: SocketFailure, on account: ChannelAccountID) {
        guard !Task.isCancelled else { return }
        standings.failed(account, failure.reason)
        log.warning(
            "a socket ended or can't be opened", metadata: ["account": "\(account)", "reason": "\(failure.reason)"])
    }

    /// One socket, until it ends.
    private func attend(
        _ number: Int, _ record: ChannelAccountRecord, _ channel: any SocketChannel,
        _ signal: AsyncStream<Signal>.Continuation
    ) async -> SocketFailure? {
        let isUp = OnceUp(standings, record.account.id)
        defer { isUp.end(at: world.now()) }
        do throws(SocketFailure) {
            try await sockets.open(record, as: channel) { text in
                switch channel.receive(text, for: record.account, at: world.now()) {
                case .greeted:
                    isUp.begin()
                    signal.yield(.greeted(number))
                    return .nothing
                case .told(let outcome, let acknowledgement):
                    let reply = await take(outcome, record.account.id)
                    // What can't be stored is told again; what can't be taken would be told in vain.
                    guard reply.status < 500 else { return .nothing }
                    world.reached(.envelopeStored)
                    return .answer(acknowledgement)
                case .closing:
                    signal.yield(.closing(number))
                    return .finish(within: SocketWatcher.grace)
                case .ended(let reason, let seconds):
                    return .end(SocketFailure(reason, after: seconds, needsSomebody: seconds == nil))
                case .refused(let refusal):
                    _ = await take(.refused(refusal), record.account.id)
                    return .nothing
                case .ignored: return .nothing
                }
            }
            return nil
        } catch {
            if let refusal = error.refusal { _ = await take(.refused(refusal), record.account.id) }
            return error
        }
    }
}
