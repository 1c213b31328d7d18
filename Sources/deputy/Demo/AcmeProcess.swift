import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Wire

/// The stand-ins, running beside the demo.
final class AcmeProcess: Sendable {
    let origins: [String: String]
    let secrets: JSON
    let ids: JSON
    private let pid: pid_t

    private init(pid: pid_t, announcement: JSON) {
        self.pid = pid
        origins = Dictionary(
            uniqueKeysWithValues: (announcement["origins"]?.objectValue?.members ?? []).compactMap { member in
                member.value.stringValue.map { (member.key, $0) }
            })
        secrets = announcement["tokens"] ?? .null
        ids = announcement["ids"] ?? .null
    }

    /// Tells acme's control port something.
    func control(_ path: String, _ body: JSON) async throws {
        var request = HTTPClientRequest(url: (origins["control"] ?? "") + path)
        request.method = .POST
        request.body = .bytes(body.bytes())
        _ = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
    }

    /// Asks acme's control port.
    func ask(_ path: String) async throws -> JSON {
        let request = HTTPClientRequest(url: (origins["control"] ?? "") + path)
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
        return try JSON.parse(Array(try await response.body.collect(upTo: 16 << 20).readableBytesView))
    }

    /// Starts `acme` next to this program. In a home that has been used before it takes the same ports and tokens.
    static func start(in paths: HomePaths) async throws -> AcmeProcess {
        let program = (CommandLine.arguments.first.flatMap(located) ?? "/proc/self/exe") as String
        let executable = (program as NSString).deletingLastPathComponent + "/acme"
        guard FileManager.default.isExecutableFile(atPath: executable) else {
            throw CommandFailure(
                .homeUnusable, "no_acme", "the demo needs `acme` beside `deputy`", hint: "build both with `make demo`")
        }
        try FileManager.default.createDirectory(
            atPath: paths.root, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let ready = paths.root + "/acme.json"
        if let earlier = announcement(in: ready), let port = basePort(of: earlier) {
            let arguments = ["--ready", ready, "--tokens", ready, "--port", String(port)]
            if let acme = try await launch(executable, arguments) { return acme }
            throw CommandFailure(
                .homeUnusable, "no_acme", "`acme` can't have its ports \(port) to \(port + 7) again",
                hint: "wait until they are free, or give the demo another `--home`")
        }
        // A row of ports of its own, so that a home can have the same ones again.
        for _ in 0..<8 {
            let port = Int.random(in: 20_000..<60_000)
            if let acme = try await launch(executable, ["--ready", ready, "--port", String(port)]) { return acme }
        }
        throw CommandFailure(.homeUnusable, "no_acme", "`acme` didn't start")
    }

    /// Nil when it ends before it listens.
    private static func launch(_ executable: String, _ arguments: [String]) async throws -> AcmeProcess? {
        let output = Pipe()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        guard let line = await firstLine(of: output), let announcement = try? JSON.parse(line) else {
            process.terminate()
            return nil
        }
        return AcmeProcess(pid: process.processIdentifier, announcement: announcement)
    }

    /// Returns when it has ended, two seconds later at the most.
    func stop() {
        kill(pid, SIGTERM)
        for _ in 0..<200 where kill(pid, 0) == 0 { Thread.sleep(forTimeInterval: 0.01) }
    }

    func secret(_ service: String, of owner: String) throws -> String {
        guard let secret = secrets[service]?[owner]?.stringValue else {
            throw CommandFailure(.homeUnusable, "no_acme", "`acme` has no token of \(owner) at \(service)")
        }
        return secret
    }

    func id(_ kind: String, _ name: String) -> String { ids[kind]?[name]?.stringValue ?? "missing" }

    /// What the services saw, from the journal's own mouth.
    func journal(since: Int) async throws -> [JournalEntry] {
        let request = HTTPClientRequest(url: (origins["control"] ?? "") + "/journal?since=\(since)")
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(10))
        let body = try JSON.parse(Array(try await response.body.collect(upTo: 16 << 20).readableBytesView))
        return (body["entries"]?.arrayValue ?? []).compactMap(JournalEntry.init)
    }

    private static func located(_ argument: String) -> String? {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? argument
    }

    private static func announcement(in file: String) -> JSON? {
        FileManager.default.contents(atPath: file).flatMap { try? JSON.parse(Array($0)) }
    }

    private static func basePort(of announcement: JSON) -> Int? {
        (announcement["origins"]?.objectValue?.members ?? [])
            .compactMap { $0.value.stringValue?.split(separator: ":").last.flatMap { Int($0) } }.min()
    }

    private static func firstLine(of pipe: Pipe) async -> [UInt8]? {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                var line: [UInt8] = []
                while true {
                    let data = pipe.fileHandleForReading.availableData
                    if data.isEmpty { return continuation.resume(returning: nil) }
                    line += data
                    if let end = line.firstIndex(of: UInt8(ascii: "\n")) {
                        return continuation.resume(returning: Array(line[..<end]))
                    }
                }
            }
        }
    }
}

/// One call as a service saw it.
struct JournalEntry: Sendable {
    let number: Int
    let service: String
    let owner: String
    let call: String
    let status: Int

    init?(_ json: JSON) {
        guard let number = json["n"]?.integerValue, let service = json["service"]?.stringValue,
            let call = json["call"]?.stringValue, let status = json["status"]?.integerValue
        else { return nil }
        self.number = Int(number)
        self.service = service
        owner = json["owner"]?.stringValue ?? "nobody"
        self.call = call
        self.status = Int(status)
    }

    var text: String { "\(call) as \(owner): \(status)" }
}
