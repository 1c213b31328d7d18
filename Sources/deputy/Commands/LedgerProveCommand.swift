import ArgumentParser
import Wire

struct LedgerProveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove", abstract: "Prove to an outsider that a record is in the ledger.",
        discussion: """
            Writes the record to NAME.json and its proof to NAME.tlog-proof (C2SP tlog-proof). Whoever has the ledger's \
            public key checks both offline: that key is the same for as long as the home lives.
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var tree: TreeOptions

    @Argument(help: "The record's index, as `deputy ledger show` tells it.")
    var index: Int

    @Option(help: ArgumentHelp("Where to write them. Without it they are printed.", valueName: "path/name"))
    var to: String?

    func run() async throws {
        let answer = try await common.send(
            "GET", ["ledger", try await tree.name(common), "proof"], query: ["index": "\(index)"])
        let (record, proof) = (answer["record"]?.stringValue ?? "", answer["proof"]?.stringValue ?? "")
        guard let to else {
            return common.show(answer) {
                print(record)
                print(proof, terminator: "")
            }
        }
        try NewFile.write(record, to: to + ".json")
        try NewFile.write(proof, to: to + ".tlog-proof")
        common.show(answer) {
            print("Wrote \(to).json and \(to).tlog-proof. The ledger's key: \(answer["key"]?.stringValue ?? "")")
        }
    }
}

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
