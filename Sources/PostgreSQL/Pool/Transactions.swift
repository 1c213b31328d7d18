extension PostgreSQLConnection {
    /// Runs `body` between BEGIN and COMMIT; if it throws, the transaction is rolled back. BEGIN goes out with the first
    /// statement that is waited for, and what `body` sent last goes out with COMMIT.
    ///
    /// Returns only when the server has said that the transaction committed. Throws `commitUnknown` if that answer was
    /// lost, `rolledBack` if `body` ignored an error of a statement, and what `body` throws.
    public func transaction<Value>(
        _ mode: TransactionMode = TransactionMode(), _ body: (PostgreSQLConnection) async throws -> Value
    ) async throws -> Value {
        do {
            try send(mode.begin)
            let value = try await body(self)
            try await execute("COMMIT")
            return value
        } catch {
            await rollBackOrClose()
            throw mode.isReadOnly ? harmless(error) : error
        }
    }

    /// A transaction that changes nothing has nothing to commit, so losing the answer leaves no question.
    private func harmless(_ error: any Error) -> any Error {
        guard let lost = error as? PostgreSQLError, lost.kind == .commitUnknown else { return error }
        return PostgreSQLError(.connectionLost, "the connection to the server broke while it was read from")
    }

    /// Ends what may be open. A session that can't do that is closed.
    func rollBackOrClose() async {
        channel.outbox.discardOpen()
        guard isUsable, !isIdle else { return }
        do throws(PostgreSQLError) {
            try await rollBack()
        } catch {
            await close()
        }
    }
}

extension PostgreSQLPool {
    /// Runs `body` in a transaction, and again from its beginning when it is certain that the transaction didn't commit and
    /// another attempt could fare better, up to `retries` times. So `body` mustn't have effects outside of the transaction.
    ///
    /// `repeats` decides that for an error; see ``mayRetry(_:)``. A `commitUnknown` is never retried, whatever it says.
    public func transaction<Value>(
        _ mode: TransactionMode = TransactionMode(), retries: Int = 5,
        repeatingAfter repeats: (any Error) -> Bool = mayRetry,
        _ body: (PostgreSQLConnection) async throws -> Value
    ) async throws -> Value {
        var attempt = 0
        while true {
            do {
                return try await withConnection { try await $0.transaction(mode, body) }
            } catch  where attempt < retries && !isUnknown(error) && repeats(error) {
                attempt += 1
                try await Task.sleep(for: pause(before: attempt))
            }
        }
    }

    private func isUnknown(_ error: any Error) -> Bool {
        (error as? PostgreSQLError)?.kind == .commitUnknown
    }

    /// Doubling from 4 ms up to half a second; by chance up to as much less, so that those who collided part.
    private func pause(before attempt: Int) -> Duration {
        let most = min(4_000 << min(attempt - 1, 7), 500_000)
        return .microseconds(Int.random(in: most / 2...most))
    }
}
