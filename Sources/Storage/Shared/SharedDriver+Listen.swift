import PostgreSQL

extension SharedDriver {
    /// Hears what other gateways commit, until cancelled. When the connection was lost, everything is read anew, since
    /// nobody knows what was said meanwhile.
    func listen(_ onAnswers: @escaping @Sendable () -> Void) async {
        await PostgreSQLListener(url, channels: ["deputy"]).run { event in
            switch event {
            case .reconnected:
                await learnEverything()
                onAnswers()
            case .notification(let notification):
                guard let message = ChangeMessage(text: notification.payload), message.gateway != lease.number else {
                    return
                }
                if let epochs = message.epochs { memory.learn(epochs: epochs) } else { await learnEverything() }
                if message.wakesApprovals { onAnswers() }
            }
        }
    }

    /// Goes on trying: until it has worked, nobody knows what is missing.
    private func learnEverything() async {
        while !Task.isCancelled {
            if let rows = try? await rows(StoreMemory.all, []), let epochs = try? StoreMemory.epochs(rows) {
                return memory.learn(epochs: epochs)
            }
            try? await Task.sleep(for: .seconds(1))
        }
    }
}
