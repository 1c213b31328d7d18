import ArgumentParser
import Wire

struct LedgerExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write every record and checkpoint of a tree into a folder.",
        discussion: """
            `records.jsonl` holds a record a line, byte for byte as it was hashed; `checkpoints.jsonl` a signed note a line, \
            as a JSON text; `key` the public key. That is all that is needed to verify the tree elsewhere. Arguments and \
            results aren't in it.
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var tree: TreeOptions

    @Argument(help: "The folder to make.")
    var folder: String

    func run() async throws {
        let name = try await tree.name(common)
        // The checkpoints first: every record that they cover is there then.
        let signed = try await common.send("GET", ["ledger", name, "checkpoints"])
        let output = try NewFile(folder: folder, "records.jsonl")
        var next: Int64 = 0
        while true {
            let page = try await common.send("GET", ["ledger", name], query: ["from": "\(next)", "limit": "1000"])
            let records = page["records"]?.arrayValue ?? []
            if records.isEmpty { break }
            // Records are exact JSON, so what was read writes the same bytes.
            try output.write(records.map { $0.text + "\n" }.joined())
            next += Int64(records.count)
        }
        try output.close()
        let notes = signed["checkpoints"]?.arrayValue ?? []
        try NewFile.write(notes.map { $0.text + "\n" }.joined(), to: folder + "/checkpoints.jsonl")
        try NewFile.write((signed["key"]?.stringValue ?? "") + "\n", to: folder + "/key")
        common.show([
            "folder": .string(folder), "tree": .string(name), "records": .number(JSONNumber(next)),
            "checkpoints": .number(JSONNumber(notes.count)),
        ]) {
            print("Wrote \(next) records and \(notes.count) checkpoints of `\(name)` to \(folder).")
        }
    }
}
