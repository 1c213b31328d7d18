import Wire

/// How records are told to people.
enum LedgerText {
    static func line(_ record: JSON) -> String {
        var words = [record["index"]?.text ?? "", record["kind"]?.stringValue ?? ""]
        for key in ["change", "agent", "requester", "tool", "verdict", "request", "outcome", "withheld", "call"] {
            if let value = record[key] { words.append("\(key)=\(value.stringValue ?? value.text)") }
        }
        if let account = record["credential"]?["account"]?.stringValue { words.append("account=\(account)") }
        if let rule = record["findings"]?[0]?["rule"]?.stringValue { words.append("rule=\(rule)") }
        return Table.inert(words.joined(separator: "  "))
    }

    static func report(_ tree: JSON) -> String {
        let name = tree["tree"]?.stringValue ?? ""
        if tree["intact"]?.boolValue == true {
            let unsigned = tree["unsigned"]?.integerValue ?? 0
            let intact =
                "\(name): \(tree["records"]?.text ?? "0") records intact"
                + (unsigned == 0 ? ", all signed" : ", the last \(unsigned) not signed yet")
            return ([intact] + silences(tree)).joined(separator: "\n  ")
        }
        return "\(name): record \(tree["position"]?.text ?? "?") is the first that isn't shown to be good: "
            + "\(tree["message"]?.stringValue ?? "")"
    }

    private static func silences(_ tree: JSON) -> [String] {
        let overdue = (tree["overdue"]?.arrayValue ?? []).map { sign in
            "since \(Moment.text(sign["from"]?.integerValue ?? 0)): \(sign["gateway"]?.stringValue ?? "") crashed, or its "
                + "leaves are missing"
        }
        return (tree["silences"]?.arrayValue ?? []).map(silence) + overdue
    }

    private static func silence(_ silence: JSON) -> String {
        let gateway = silence["gateway"]?.stringValue ?? ""
        let (from, until) = (
            Moment.text(silence["from"]?.integerValue ?? 0), Moment.text(silence["until"]?.integerValue ?? 0)
        )
        let what =
            switch silence["cause"]?.stringValue {
            case "crashed": "\(gateway) crashed: no gateway was running, or its leaves are missing,"
            case "heartbeats_missing": "heartbeats of \(gateway) are missing"
            case "leaves_missing": "\(gateway) counted more than is recorded: leaves are missing"
            case "clock_set": "the clock of \(gateway) was set"
            default: "no gateway was running, or its leaves are missing,"
            }
        return "record \(silence["position"]?.text ?? "?"): \(what) between \(from) and \(until)"
    }

    /// Who asked, or who did it.
    static func person(_ record: JSON) -> String {
        let who = record["requester"]?.stringValue ?? record["by"]?.stringValue ?? ""
        return who.hasPrefix("person:") ? String(who.dropFirst("person:".count)) : who
    }

    /// One plain sentence for a record.
    ///
    /// - Parameter tool: what its call is of, where the record doesn't say.
    static func sentence(_ record: JSON, tool: String?) -> String {
        func text(_ key: String) -> String { record[key]?.stringValue ?? "" }
        switch text("kind") {
        case "decision":
            let rule = record["findings"]?[0]?["rule"]?.stringValue.map { " (\($0))" } ?? ""
            return "\(decided(text("verdict"))) \(text("tool"))\(rule)"
        case "intent":
            let account = record["credential"]?["account"]?.stringValue.map { " as \($0)" } ?? ""
            return "sends \(text("request"))\(account)"
        case "outcome":
            let withheld = record["withheld"]?.boolValue == true ? ", withheld from the agent" : ""
            return (tool.map { "\($0): " } ?? "") + text("outcome").replacing("_", with: " ") + withheld
        case "heartbeat":
            return "\(text("gateway")) " + (text("phase") == "beat" ? "runs" : text("phase"))
        case "epoch":
            return "the gateway started, version \(text("started"))"
        default:
            let what = text("change").replacing(".", with: " ").replacing("-", with: " ")
            return ([what] + subjects(record)).joined(separator: " ")
        }
    }

    private static func decided(_ verdict: String) -> String {
        switch verdict {
        case "permit": "permitted"
        case "ask": "asked before"
        case "connect": "wanted something first for"
        case "deny": "denied"
        default: verdict
        }
    }

    /// What a change is about.
    private static func subjects(_ record: JSON) -> [String] {
        let keys = [
            "tool", "approval", "person", "group", "with", "server", "provider", "connection", "token", "window", "way",
        ]
        return keys.compactMap { record[$0]?.stringValue }.filter { !$0.isEmpty }
    }
}
