import Wire

/// Records as rows of a table. Remembers calls, because an intent and an outcome name only theirs.
struct LedgerRows {
    private struct Call {
        let agent: String
        let person: String
        let tool: String
    }

    private var calls: [String: Call] = [:]

    mutating func table(_ records: JSON?) -> Table {
        var table = Table(.whole("INDEX"), .whole("TIME (UTC)"), "KIND", "AGENT", "PERSON", "WHAT")
        for record in records?.arrayValue ?? [] {
            let kind = record["kind"]?.stringValue ?? ""
            let id = record["call"]?.stringValue ?? ""
            if kind == "decision" {
                calls[id] = Call(
                    agent: record["agent"]?.stringValue ?? "", person: LedgerText.person(record),
                    tool: record["tool"]?.stringValue ?? "")
            }
            let call = calls[id]
            table.add(
                record["index"]?.text ?? "", Moment.text(record["time"]?.integerValue ?? 0), kind,
                record["agent"]?.stringValue ?? call?.agent ?? "", call?.person ?? LedgerText.person(record),
                LedgerText.sentence(record, tool: call?.tool))
        }
        return table
    }
}
