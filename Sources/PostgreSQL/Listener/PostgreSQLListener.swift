/// Listens to what `NOTIFY` tells on some channels, over a session of its own that is opened anew when it breaks.
public struct PostgreSQLListener: Sendable {
    public enum Event: Sendable, Hashable {
        case notification(PostgreSQLNotification)
        /// From here on notifications come; what was told before may have been missed, so look for yourself. It is the first
        /// event, and comes again each time that the session had to be opened anew.
        case reconnected
    }

    private let url: DatabaseURL
    private let channels: [String]
    private let settings: SessionSettings
    /// How often the session is asked whether it is still there, since nothing else would show that it isn't.
    private let checkInterval: Duration

    public init(
        _ url: DatabaseURL, channels: [String], _ settings: SessionSettings = SessionSettings(),
        checkInterval: Duration = .seconds(15)
    ) {
        self.url = url
        self.channels = channels
        self.settings = settings
        self.checkInterval = checkInterval
    }

    /// Listens until the task is cancelled. Events come one after the other, each when the last one has been handled;
    /// should more than 10,000 wait meanwhile, the session is opened anew. `failed` hears why a session ended.
    public func run(
        failed: (PostgreSQLError) -> Void = { _ in }, _ handle: (Event) async -> Void
    ) async {
        var failures = 0
        while !Task.isCancelled {
            do throws(PostgreSQLError) {
                let connection = try await PostgreSQLConnection.connect(url, settings)
                try await listen(on: connection)
                failures = 0
                await handle(.reconnected)
                await forward(connection, handle)
                let reason = connection.failure
                await connection.close()
                if let reason { throw reason }
            } catch {
                guard !Task.isCancelled else { return }
                failed(error)
                failures += 1
            }
            try? await Task.sleep(for: pause(after: failures))
        }
    }

    private func listen(on connection: PostgreSQLConnection) async throws(PostgreSQLError) {
        for channel in channels {
            try connection.send("LISTEN \"\(channel.replacing("\"", with: "\"\""))\"")
        }
        try await connection.sync()
    }

    private func forward(_ connection: PostgreSQLConnection, _ handle: (Event) async -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await check(connection) }
            for await notification in connection.notifications { await handle(.notification(notification)) }
            group.cancelAll()
        }
    }

    /// Ends when the session does, or the task.
    private func check(_ connection: PostgreSQLConnection) async {
        while await connection.answers(within: settings.connectLimit) {
            guard (try? await Task.sleep(for: checkInterval)) != nil else { return }
        }
    }

    /// Doubling from 50 ms up to 5 s; by chance up to as much less.
    private func pause(after failures: Int) -> Duration {
        guard failures > 0 else { return .zero }
        let most = min(50 << min(failures - 1, 7), 5_000)
        return .milliseconds(Int.random(in: most / 2...most))
    }
}
