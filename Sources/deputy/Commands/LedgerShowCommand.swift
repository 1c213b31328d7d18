import ArgumentParser
import Wire

struct LedgerShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "The records that fit, newest last; or one record, whole.",
        discussion: """
            Arguments and results aren't in the ledger. With --payload they are shown of one call, to a person with the role \
            payload_reader, once the ledger has their name and their reason: the command wants their one-time link, as \
            `deputy login NAME` prints it, at the prompt or as the first line of standard input. The operator never reads.
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var tree: TreeOptions
    @OptionGroup var filter: LedgerFilterOptions

    @Argument(help: ArgumentHelp("The index of one record; with --payload the id of one call.", valueName: "index"))
    var what: String?

    @Option(help: "How many records, at most.")
    var limit = 20

    @Flag(help: "Go on with what is recorded from now on, until Ctrl-C.")
    var follow = false

    @Flag(help: "Show what the call was given and what came back. A person's own doing.")
    var payload = false

    @Option(help: "With --payload: why you read it. It stays in the ledger.")
    var reason = ""

    private var index: Int? { payload ? nil : what.flatMap { Int($0) } }

    func validate() throws {
        guard payload || what == nil || index != nil else {
            throw ValidationError("`\(what ?? "")` isn't an index; records of a call are found with --call")
        }
        guard !payload || (what != nil && !reason.isEmpty) else {
            throw ValidationError("--payload goes with the id of a call and --reason")
        }
        guard (1...1000).contains(limit) else { throw ValidationError("--limit is a number from 1 to 1000") }
    }

    func run() async throws {
        if payload { return try await PayloadReading(call: what ?? "", reason: reason, isJSON: common.json).read() }
        let name = try await tree.name(common)
        if let index { return try await show(index, in: name) }
        var query = try filter.query()
        query["limit"] = "\(limit)"
        let answer = try await common.send("GET", ["ledger", name, "find"], query: query)
        var rows = LedgerRows()
        let table = rows.table(answer["records"])
        if common.json, !follow { return print(answer.pretty()) }
        if common.json {
            for record in answer["records"]?.arrayValue ?? [] { print(record.text) }
        } else {
            table.show(whenEmpty: follow ? "No record fits so far." : "No record fits. The tree has \(size(answer)).")
        }
        if follow { try await go(on: name, query, from: answer["size"]?.integerValue ?? 0, table, &rows) }
    }

    private func show(_ index: Int, in tree: String) async throws {
        let answer = try await common.send(
            "GET", ["ledger", tree], query: ["from": "\(max(index, 0))", "limit": "1"])
        guard let record = answer["records"]?.arrayValue?.first, record["index"]?.integerValue == Int64(index) else {
            throw CommandFailure(
                .refused, "unknown", "there is no record \(index)",
                hint: "the tree has \(size(answer)), counted from 0")
        }
        print(record.pretty())
    }

    private func go(
        on tree: String, _ query: [String: String], from size: Int64, _ table: Table, _ rows: inout LedgerRows
    ) async throws {
        var (query, size) = (query, size)
        query["limit"] = "1000"
        while true {
            FileHandleOutput.flush()
            try await Task.sleep(for: .seconds(1))
            query["after"] = "\(size - 1)"
            let answer = try await common.send("GET", ["ledger", tree, "find"], query: query)
            size = answer["size"]?.integerValue ?? size
            if common.json {
                for record in answer["records"]?.arrayValue ?? [] { print(record.text) }
            } else {
                for line in rows.table(answer["records"]).lines(within: Terminal.width, after: table) { print(line) }
            }
        }
    }

    private func size(_ answer: JSON) -> String { "\(answer["size"]?.text ?? "0") records" }
}

/// Which records are wanted.
struct LedgerFilterOptions: ParsableArguments {
    @Option(help: "Only this agent's.")
    var agent: String?

    @Option(help: "Only what this person asked for, is behind, or did.")
    var person: String?

    @Option(help: "Only calls so decided: permit, ask, connect or deny.")
    var decision: String?

    @Option(help: "Only calls of this effect, such as send.")
    var effect: String?

    @Option(help: "Only from then on: a day, a time such as 2026-11-21T07:46:03Z, or how long ago, such as 12h.")
    var since: String?

    @Option(help: "Only before then, written in the same way.")
    var until: String?

    @Option(help: ArgumentHelp("Only what belongs to this call.", valueName: "call id"))
    var call: String?

    func query() throws -> [String: String] {
        var query: [String: String] = [:]
        query["agent"] = agent
        query["person"] = person
        query["decision"] = decision
        query["effect"] = effect
        query["call"] = call
        query["since"] = try since.map { "\(try Moment.parse($0, as: "--since"))" }
        query["until"] = try until.map { "\(try Moment.parse($0, as: "--until"))" }
        return query
    }
}
