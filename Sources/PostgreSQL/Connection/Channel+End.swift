import CLibpq

/// How a session ends.
extension Channel {
    /// The connection broke: who waits is told what that means for their segment.
    func lose() {
        end(PostgreSQLError(.connectionLost, "the connection to the server broke"))
    }

    func close() {
        end(PostgreSQLError(.closed, "the connection is closed"))
    }

    func end(_ reason: PostgreSQLError) {
        finish(reason)
        outbox.fail(reason)
        notificationSink.finish()
        if let flight {
            self.flight = nil
            flight.segment.waiter.resume(returning: .failure(flight.meaning(of: reason)))
        }
        guard let connection else { return }
        self.connection = nil
        reader?.end()
        writer?.end()
        (reader, writer) = (nil, nil)
        PQfinish(connection)
    }
}

extension Flight {
    /// What the end of the connection means for a segment whose sync didn't come.
    fileprivate func meaning(of reason: PostgreSQLError) -> PostgreSQLError {
        // A statement that was refused took its transaction along.
        if case .failure(let error) = outcome, isUndone { return error }
        return sentCommit ? .commitUnknown : reason
    }
}

extension PostgreSQLError {
    static let answerLost = PostgreSQLError(.connectionLost, "an answer of the server was lost")
    static let commitUnknown = PostgreSQLError(
        .commitUnknown, "the connection broke before the server said whether the transaction committed",
        hint: "look up what it did before doing it again")
}
