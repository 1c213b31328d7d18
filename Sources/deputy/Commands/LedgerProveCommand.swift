import ArgumentParser
import Wire

struct LedgerProveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove",
        abstract: "Prove to an outsider that a record is in the ledger, or that the ledger only grew.",
        discussion: """
            With an index, writes the record to NAME.json and its proof to NAME.tlog-proof (C2SP tlog-proof). With --from, \
            writes to NAME.tlog-growth the proof that the ledger begins with the records that an older checkpoint covers: \
            neither forked nor cut back (as C2SP tlog-witness has it). Whoever has the ledger's public key checks both \
            offline: that key is the same for as long as the home lives.
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var tree: TreeOptions

    @Argument(help: "The record's index, as `deputy ledger show` tells it.")
    var index: Int?

    @Option(help: "How many records the older checkpoint covers.")
    var from: Int?

    @Option(help: "With --from: how many the newer one covers; without it the newest there is.")
    var size: Int?

    @Option(help: ArgumentHelp("Where to write it. Without it it is printed.", valueName: "path/name"))
    var to: String?

    func validate() throws {
        guard (index == nil) != (from == nil) else {
            throw ValidationError("give the index of one record, or --from with the size of an older checkpoint")
        }
        guard size == nil || from != nil else { throw ValidationError("--size goes with --from") }
    }

    func run() async throws {
        let name = try await tree.name(common)
        if let index { try await prove(index, in: name) }
        if let from { try await proveGrowth(from: from, in: name) }
    }

    private func prove(_ index: Int, in name: String) async throws {
        let answer = try await common.send("GET", ["ledger", name, "proof"], query: ["index": "\(index)"])
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

    private func proveGrowth(from: Int, in name: String) async throws {
        var query = ["from": "\(from)"]
        query["to"] = size.map { "\($0)" }
        let answer = try await common.send("GET", ["ledger", name, "growth"], query: query)
        let proof = answer["proof"]?.stringValue ?? ""
        guard let to else { return common.show(answer) { print(proof, terminator: "") } }
        try NewFile.write(proof, to: to + ".tlog-growth")
        common.show(answer) {
            print("Wrote \(to).tlog-growth. The ledger's key: \(answer["key"]?.stringValue ?? "")")
        }
    }
}
