import ArgumentParser
import Wire

struct LedgerExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write a tree for somebody who verifies it, or for another system.",
        discussion: """
            Without --format it makes a folder with all that is needed to verify the tree elsewhere: `records.jsonl` holds \
            a record a line, byte for byte as it was hashed; `checkpoints.jsonl` a signed note a line, as a JSON text; `key` \
            the public key. With --format it writes an event a line to a file, or to standard output for `-`, and says with \
            which --from the next export goes on. Each event has its index and leaf hash. Arguments and results aren't in it.
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var tree: TreeOptions

    @Argument(help: "The folder to make; with --format the file, or - for standard output.")
    var target: String

    @Option(help: "jsonl (records as they are), ocsf (API Activity of OCSF 1.5.0) or cloudevents (1.0, JSON).")
    var format: ExportFormat?

    @Option(help: "With --format: the index of the first record.")
    var from = 0

    func validate() throws {
        guard from >= 0, from == 0 || format != nil else {
            throw ValidationError("--from is an index, and goes with --format")
        }
        guard format != nil || target != "-" else {
            throw ValidationError("a folder can't be written to standard output; choose a --format")
        }
    }

    func run() async throws {
        let name = try await tree.name(common)
        if let format { try await write(format, of: name) } else { try await writeFolder(of: name) }
    }

    private func write(_ format: ExportFormat, of name: String) async throws {
        let trees = try await common.send("GET", ["ledger"])["trees"]?.arrayValue ?? []
        let origin = trees.first { $0["tree"]?.stringValue == name }?["origin"]?.stringValue ?? name
        var writer = RecordWriter(format, tree: name, origin: origin)
        let file = target == "-" ? nil : try NewFile(target)
        let next = try await common.eachPage(of: name, from: Int64(from)) { records in
            let text = records.map { writer.line($0) }.joined()
            if let file { try file.write(text) } else { print(text, terminator: "") }
        }
        try file?.close()
        FileHandleOutput.flush()
        let told = "Wrote \(next - Int64(from)) events of `\(name)`; go on with --from \(next)."
        guard file != nil else { return FileHandleOutput.standardError(told + "\n") }
        common.show([
            "file": .string(target), "tree": .string(name), "records": .number(JSONNumber(next - Int64(from))),
            "next": .number(JSONNumber(next)),
        ]) { print(told) }
    }

    /// The checkpoints, once they cover what is there now, which takes a second at the most while a gateway runs.
    private func signed(_ name: String) async throws -> JSON {
        let trees = try await common.send("GET", ["ledger"])["trees"]?.arrayValue ?? []
        let size = trees.first { $0["tree"]?.stringValue == name }?["size"]?.integerValue ?? 0
        for _ in 0..<30 {
            let signed = try await common.send("GET", ["ledger", name, "checkpoints"])
            // The second line of a note (C2SP tlog-checkpoint).
            let covered = signed["checkpoints"]?.arrayValue?.last?.stringValue?.split(separator: "\n").dropFirst().first
            if covered.flatMap({ Int64($0) }) ?? 0 >= size { return signed }
            try await Task.sleep(for: .milliseconds(100))
        }
        return try await common.send("GET", ["ledger", name, "checkpoints"])
    }

    private func writeFolder(of name: String) async throws {
        // The checkpoints first: every record that they cover is there then.
        let signed = try await signed(name)
        let output = try NewFile(folder: target, "records.jsonl")
        // Records are exact JSON, so what was read writes the same bytes.
        let next = try await common.eachPage(of: name, from: 0) { try output.write($0.map { $0.text + "\n" }.joined()) }
        try output.close()
        let notes = signed["checkpoints"]?.arrayValue ?? []
        try NewFile.write(notes.map { $0.text + "\n" }.joined(), to: target + "/checkpoints.jsonl")
        try NewFile.write((signed["key"]?.stringValue ?? "") + "\n", to: target + "/key")
        common.show([
            "folder": .string(target), "tree": .string(name), "records": .number(JSONNumber(next)),
            "checkpoints": .number(JSONNumber(notes.count)),
        ]) {
            print("Wrote \(next) records and \(notes.count) checkpoints of `\(name)` to \(target).")
        }
    }
}
