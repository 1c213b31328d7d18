import Foundation
import ServiceLifecycle

/// Waits until every port listens, then says so on standard output, once.
struct Announcement: ServiceLifecycle.Service {
    private let expected: Int
    private let tokens: TokenStore
    private let ids: JSON
    private let file: String?
    private let ports: AsyncStream<(name: String, port: Int)>
    private let heard: AsyncStream<(name: String, port: Int)>.Continuation

    init(expecting expected: Int, tokens: TokenStore, ids: JSON, file: String?) {
        self.expected = expected
        self.tokens = tokens
        self.ids = ids
        self.file = file
        (ports, heard) = AsyncStream.makeStream()
    }

    func heard(_ name: String, on port: Int) {
        heard.yield((name, port))
    }

    func run() async throws {
        var origins: [String: Int] = [:]
        for await (name, port) in ports.cancelOnGracefulShutdown() {
            origins[name] = port
            if origins.count == expected {
                try announce(origins)
                break
            }
        }
        // The signal that ends the group is the only thing left to wait for.
        try? await gracefulShutdown()
    }

    private func announce(_ origins: [String: Int]) throws {
        let names = ServiceName.allCases.map(\.rawValue) + ["control"]
        let listed = names.compactMap { name in
            origins[name].map { JSON.Member(name: name, value: "http://127.0.0.1:\($0)") }
        }
        let line: JSON = ["origins": .object(listed), "tokens": tokens.listing, "ids": ids]
        if let file { try OwnerFile.write(line.bytes + [0x0A], to: file) }
        FileHandle.standardOutput.write(Data(line.bytes + [0x0A]))
    }
}
