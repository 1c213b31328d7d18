import PostgreSQL

extension SharedDriver {
    /// Hears what other gateways commit, until cancelled. When the connection was lost, everything is read anew, since
    /// nobody knows what was said meanwhile.
    func listen(_ onAnswers: @escaping @Sendable () -> Void) async {
        while !Task.isCancelled {
            do {
                let connection = try await PostgreSQLConnection.connect(url)
                try await connection.execute("LISTEN deputy")
                try await learnEverything()
                onAnswers()
                for await notification in connection.notifications {
                    guard let message = ChangeMessage(text: notification.payload) else { continue }
                    guard message.gateway != lease.number else { continue }
                    if let epochs = message.epochs {
                        memory.learn(epochs: epochs)
                    } else {
                        try await learnEverything()
                    }
                    if message.wakesApprovals { onAnswers() }
                }
                await connection.close()
            } catch {
                // What is missed is found in the next commit; the pause is for a database that isn't there.
            }
            try? await Task.sleep(for: .seconds(1))
        }
    }

    private func learnEverything() async throws {
        memory.learn(epochs: try StoreMemory.epochs(try await rows(StoreMemory.all, [])))
    }
}
