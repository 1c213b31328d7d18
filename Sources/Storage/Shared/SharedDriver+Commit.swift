import Gate
import PostgreSQL
import Wire

extension SharedDriver {
    /// The group in one transaction, tried again as a whole only when it is certain that it didn't commit.
    func commit(_ group: [Transaction]) async -> GroupOutcome {
        var mode = SharedSession.Mode.atOnce
        var failure = CommitError.unavailable("the database can't be reached")
        for attempt in 0..<SharedDriver.attempts {
            if attempt > 0 { try? await Task.sleep(for: .milliseconds(20 << attempt)) }
            do {
                return GroupOutcome(results: try await commitOnce(group, mode), isWritable: true)
            } catch is SharedSession.Redo {
                mode = .stepByStep
            } catch let error as PostgreSQLError {
                failure = CommitError(storing: StorageError(database: error))
                if mode == .atOnce, error.kind == .server, !mayRetry(error) {
                    mode = .stepByStep
                } else if !mayRetry(error) {
                    break
                }
            } catch {
                failure = CommitError(storing: error)
                break
            }
        }
        return GroupOutcome(results: group.map { _ in .failure(failure) }, isWritable: false)
    }

    private static let attempts = 6

    private func commitOnce(
        _ group: [Transaction], _ mode: SharedSession.Mode
    ) async throws -> [Result<Void, CommitError>] {
        let sequencing = Sequencing(group)
        return try await withConnection { connection in
            let taken = try await self.begin(sequencing, on: connection)
            let session = SharedSession(connection, gateway: self.lease.number, mode)
            var writer = TransactionWriter(session: session, memory: self.memory, epochs: taken.epochs)
            var results: [Result<Void, CommitError>] = []
            results.reserveCapacity(group.count)
            for transaction in group { results.append(try await writer.apply(transaction)) }
            try await writer.writeTrees()
            if let message = ChangeMessage(from: self.lease.number, writer.changes, group) {
                try connection.send("SELECT pg_notify('deputy', $1)", [.text(message.text)])
            }
            try await self.end(taken, on: connection)
            self.known.keep(taken.numbers)
            self.memory.take(over: writer.changes)
            return results
        }
    }

    private struct Taken {
        let numbers: [String: Int64]
        let epochs: [String: Int64]
        /// How many commits of this gateway there are, this one included.
        let count: Int64
    }

    // Not a row: whoever shares a row passes by those who wait for it, so that the home might never be stopped.
    private static let shareHome = "SELECT 1 FROM pg_advisory_xact_lock_shared(\(SharedDriver.homeLock))"
    private static let takeHome = "SELECT 1 FROM pg_advisory_xact_lock(\(SharedDriver.homeLock))"
    /// "home", as a number.
    static let homeLock = 0x686f_6d65

    private static let take = """
        INSERT INTO sequencers (name, number)
        SELECT names.name, 1 FROM json_array_elements_text(CAST($1 AS JSON)) AS names(name) ORDER BY names.name
        ON CONFLICT (name) DO UPDATE SET number = sequencers.number + 1 RETURNING name, number
        """
    // After the sequencers: whoever takes over from a gateway deletes its row while it holds them.
    private static let holdLease = "UPDATE gateways SET commits = commits + 1 WHERE number = $1 RETURNING commits"

    private static let someEpochs = """
        SELECT scope, value FROM epochs WHERE scope IN (SELECT json_array_elements_text(CAST($1 AS JSON)))
        """

    /// One round trip: the transaction, the sequencers, the lease, and the epochs as they are under the sequencers.
    ///
    /// What was learned of epochs before isn't enough, however new: this gateway's own commits in between say nothing of
    /// those that it didn't ask for then, and of sessions nobody is told.
    private func begin(_ sequencing: Sequencing, on connection: PostgreSQLConnection) async throws -> Taken {
        let floor = known.floor
        try connection.send("BEGIN")
        try connection.ask(sequencing.bumpsHome ? SharedDriver.takeHome : SharedDriver.shareHome)
        try connection.ask(SharedDriver.take, [.text(sequencing.names.stored.text)])
        try connection.ask(SharedDriver.holdLease, [.integer(lease.number)])
        try connection.ask(SharedDriver.someEpochs, [.text(sequencing.scopes.stored.text)])
        let answers = try await connection.collect()
        guard answers.count == 4 else { throw StorageError(.corrupt, "the shared database didn't answer everything") }
        guard case .integer(let count)? = answers[2].rows.first?.first else {
            lease.lose()
            throw StorageError(
                .leaseLost, "another gateway has taken over what this one had open", hint: "start this gateway again")
        }
        var numbers: [String: Int64] = [:]
        for row in Row.rows(answers[1]) { numbers[try row["name"]] = try row["number"] }
        try known.look(taken: numbers, above: floor)
        // Others committed it, so it is durable, whatever becomes of this transaction.
        let epochs = try StoreMemory.epochs(Row.rows(answers[3]))
        memory.learn(
            epochs: epochs, forgetting: known.strange(among: numbers).map(TreeID.init(raw:)))
        return Taken(numbers: numbers, epochs: epochs, count: count)
    }

    /// Sends what waits and the commit, in the second round trip. A statement that was refused takes the commit along.
    private func end(_ taken: Taken, on connection: PostgreSQLConnection) async throws {
        do {
            try await connection.execute("COMMIT")
        } catch  where error.kind == .commitUnknown {
            guard try await hasCommitted(taken.count) else {
                throw PostgreSQLError(.connectionLost, "the connection broke at the commit, which the server undid")
            }
        }
    }

    // Refused while the transaction still holds the row. Its own count, since a number of the server's may be given again
    // by a standby that has taken over.
    private static let count = "SELECT commits FROM gateways WHERE number = $1 FOR SHARE NOWAIT"

    /// Looks in the database what became of a commit whose answer was lost, until that can be told.
    private func hasCommitted(_ count: Int64) async throws -> Bool {
        let clock = ContinuousClock()
        let limit = clock.now + .seconds(20)
        while clock.now < limit {
            do {
                let answer = try await withConnection { connection in
                    try await connection.query(SharedDriver.count, [.integer(self.lease.number)])
                }
                // Whoever took the lease over doesn't say.
                guard case .integer(let found)? = answer.rows.first?.first else { break }
                return found >= count
            } catch is PostgreSQLError {
                try await Task.sleep(for: .milliseconds(100))
            }
        }
        throw StorageError(
            .unreachable, "the database was lost at a commit, and nobody knows whether it happened",
            hint: "the ledger shows it when the database is back")
    }
}
