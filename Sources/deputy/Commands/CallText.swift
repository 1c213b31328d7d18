import Wire

/// How a call that was made is told: who asked what, why it was so decided, with whose credential, what became of it.
enum CallText {
    static func show(_ answer: JSON) {
        let decision = answer["decision"]
        func text(_ key: String) -> String { decision?[key]?.stringValue ?? "" }
        var fields = Fields()
        fields.add("call", answer["call"]?.stringValue)
        fields.add("tool", "\(text("tool")) (\(text("effect"))), by the agent \(text("agent"))")
        fields.add("asked by", "\(LedgerText.person(decision ?? [:])), with the token \(text("client"))")
        fields.add("on behalf of", text("principal"))
        fields.add("session", labels(decision?["labels"]))
        fields.add("decided", "\(text("verdict")), \(place(decision))")
        for finding in answer["findings"]?.arrayValue ?? [] { fields.add("because", because(finding)) }
        if answer["findings"]?.arrayValue?.isEmpty == true { fields.add("because", "no layer objected") }
        for leaf in answer["approval"]?.arrayValue ?? [] { fields.add("approval", approval(leaf)) }
        fields.add("credential", credential(answer))
        fields.add("request", answer["intent"].map { "\($0["request"]?.stringValue ?? ""), \(place($0))" })
        fields.add("outcome", outcome(answer))
        fields.show()
    }

    private static func place(_ leaf: JSON?) -> String {
        "\(Moment.text(leaf?["time"]?.integerValue ?? 0)) UTC, record \(leaf?["index"]?.text ?? "?")"
    }

    private static func labels(_ labels: JSON?) -> String? {
        guard let labels else { return nil }
        let readers = labels["readers"]?.stringValue ?? AgentText.list(labels["readers"])
        let classes = AgentText.list(labels["classes"])
        return
            "had seen \(labels["integrity"]?.stringValue ?? ""), to be read by \(readers.isEmpty ? "nobody" : readers)"
            + (classes.isEmpty ? "" : ", with \(classes)")
    }

    private static func because(_ finding: JSON) -> String {
        let rule = finding["rule"]?.stringValue ?? ""
        guard let layer = finding["layer"]?.text, let name = finding["layer_name"]?.stringValue else { return rule }
        return "layer \(layer), \(name): \(finding["meaning"]?.stringValue ?? "") (\(rule))"
    }

    private static func approval(_ leaf: JSON) -> String {
        guard leaf["kind"]?.stringValue == "approval" else {
            return "asked for by the call \(leaf["call"]?.stringValue ?? ""), \(place(leaf))"
        }
        let change = (leaf["change"]?.stringValue ?? "").replacing("approval.", with: "")
        let person = leaf["by"] == nil ? "" : " by \(LedgerText.person(leaf))"
        return "\(change)\(person), \(place(leaf)) (\(leaf["approval"]?.stringValue ?? ""))"
    }

    private static func credential(_ answer: JSON) -> String {
        guard let used = answer["outcome"]?["credential"] ?? answer["intent"]?["credential"] else {
            return answer["intent"] == nil ? "none was used" : "none was needed"
        }
        let owner = answer["owner"]?.stringValue.map { $0.replacing(":", with: " ") } ?? "nobody any more"
        return "the account \(used["account"]?.stringValue ?? ""), of \(owner)"
            + " (connection \(used["connection"]?.stringValue ?? ""), generation \(used["generation"]?.text ?? ""))"
    }

    private static func outcome(_ answer: JSON) -> String {
        if let outcome = answer["outcome"] {
            let withheld = outcome["withheld"]?.boolValue == true ? ", withheld from the agent" : ""
            let name = (outcome["outcome"]?.stringValue ?? "").replacing("_", with: " ")
            return "\(name)\(withheld), \(place(outcome))"
        }
        return answer["intent"] == nil ? "nothing was sent" : "not known yet"
    }
}
