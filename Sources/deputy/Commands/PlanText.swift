import FoundationEssentials
import Wire

/// A plan as text.
enum PlanText {
    /// - Parameter files: what wasn't applied yet; empty afterwards.
    static func show(_ plan: JSON, before files: [String] = []) {
        guard plan["changes"]?.boolValue == true else {
            print("Nothing to change.")
            return notes(plan)
        }
        for change in plan["organization"]?.arrayValue ?? [] { show(change, "organization") }
        for sentence in plan["newly"]?.arrayValue ?? [] { print("  ! \(Table.inert(sentence.stringValue ?? ""))") }
        for person in plan["people"]?.arrayValue ?? [] { print("~ person \(Table.inert(person.stringValue ?? ""))") }
        for agent in plan["agents"]?.arrayValue ?? [] {
            let isNew = agent["change"]?.stringValue == "add"
            print("\(isNew ? "+" : "~") agent \(Table.inert(agent["agent"]?.stringValue ?? ""))")
            for key in agent["keys"]?.arrayValue ?? [] { show(key, "") }
            for sentence in agent["newly"]?.arrayValue ?? [] { print("  ! \(Table.inert(sentence.stringValue ?? ""))") }
            if agent["newly"]?.arrayValue?.isEmpty == true { print("  allows nothing new") }
            for warning in agent["warnings"]?.arrayValue ?? [] {
                print("  warning: \(Table.inert(warning.stringValue ?? ""))")
            }
            for replay in (agent["replay"]?.arrayValue ?? []).prefix(3) {
                let command = ([replay["command"]?.stringValue ?? ""] + files.map { "--with \($0)" }).joined(
                    separator: " ")
                print("    see: \(Table.inert(command))   # \(replay["verdict"]?.stringValue ?? "")")
            }
        }
        if plan["bindings"]?.boolValue == true { print("~ bindings") }
        for agent in plan["pruned"]?.arrayValue ?? [] {
            print("- agent \(Table.inert(agent.stringValue ?? "")): suspended, because no file names it any more")
        }
        notes(plan)
    }

    private static func show(_ change: JSON, _ name: String) {
        let before = change["before"].map { $0.isNull ? "nothing" : $0.text } ?? "nothing"
        let after = change["after"].map { $0.isNull ? "nothing" : $0.text } ?? "nothing"
        print("    \(name) \(change["key"]?.stringValue ?? ""): \(Table.inert(before)) → \(Table.inert(after))")
    }

    /// One field that was changed by other means, with who did it and when.
    static func drift(_ drift: JSON) -> String {
        let when = (drift["at"]?.integerValue).map {
            " at " + Date(timeIntervalSince1970: Double($0 / 1_000_000)).ISO8601Format()
        }
        return Table.inert((drift["message"]?.stringValue ?? "") + (when ?? ""))
    }

    private static func notes(_ plan: JSON) {
        for item in plan["drift"]?.arrayValue ?? [] {
            let isUndone = item["undone"]?.boolValue == true
            print("\(isUndone ? "conflict" : "drift"): \(drift(item))" + (isUndone ? "; this would undo it" : ""))
        }
        note("Added by an earlier apply, and not in these files any more; `apply --prune` suspends", plan["prunable"])
        note("Suspended, and an apply doesn't change that", plan["suspended"])
        let unavailable = (plan["unavailable"]?.arrayValue ?? []).compactMap(\.stringValue)
        if !unavailable.isEmpty {
            print("Kept, and not served yet: \(Table.inert(unavailable.joined(separator: ", ")))")
        }
        note("Not in these files, and left alone", plan["unnamed"])
    }

    private static func note(_ what: String, _ agents: JSON?) {
        let names = (agents?.arrayValue ?? []).compactMap(\.stringValue)
        if !names.isEmpty { print("\(what): \(Table.inert(names.joined(separator: ", ")))") }
    }
}
