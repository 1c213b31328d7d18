import Dispatch

/// A server that owes an answer and says nothing: its machine hangs, or the network swallows what is sent.
extension Channel {
    /// Sees to it that somebody looks when the server may have been silent for too long.
    func listen() {
        guard let silenceLimit, !isListening, flight != nil else { return }
        isListening = true
        let left = max(.milliseconds(1), silenceLimit - heard.duration(to: .now))
        executor.queue.asyncAfter(deadline: .now() + .milliseconds(left.milliseconds)) { [weak self] in
            self?.assumeIsolated { $0.look(within: silenceLimit) }
        }
    }

    private func look(within limit: Duration) {
        isListening = false
        guard flight != nil else { return }
        guard heard.duration(to: .now) >= limit else { return listen() }
        end(PostgreSQLError(.timeout, "the server said nothing for \(limit)"))
    }
}
