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
        var arguments = ["--ready", ready]
        if let earlier = announcement(in: ready), let port = basePort(of: earlier) {
            arguments += ["--tokens", ready, "--port", String(port)]
        }
        let output = Pipe()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.standardOutput = output
        try process.run()
        guard let line = await firstLine(of: output), let announcement = try? JSON.parse(line) else {
            process.terminate()
            throw CommandFailure(.homeUnusable, "no_acme", "`acme` didn't start")
        }
        return AcmeProcess(pid: process.processIdentifier, announcement: announcement)
    }

    func stop() { kill(pid, SIGTERM) }

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
