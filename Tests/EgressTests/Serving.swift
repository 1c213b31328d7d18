import Hummingbird
import Logging

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Serves on a port of its own for as long as `body` runs, which is given the origin.
func serving(
    _ router: Router<BasicRequestContext>, _ body: @escaping @Sendable (String) async throws -> Void
) async throws {
    let (ports, ready) = AsyncStream.makeStream(of: Int.self)
    let application = Application(
        router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
        onServerRunning: { ready.yield($0.localAddress?.port ?? 0) }, logger: quiet)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await application.run() }
        for await port in ports {
            try await body("http://127.0.0.1:\(port)")
            break
        }
        group.cancelAll()
    }
}
