import Wire

/// The lines of `deputy status`.
struct StatusFigures {
    private let answer: JSON
    private let samples: [JSON]

    init(_ answer: JSON) {
        self.answer = answer
        samples = (answer["metrics"]?.arrayValue ?? []).flatMap { $0["samples"]?.arrayValue ?? [] }
    }

    var fields: Fields {
        var fields = Fields()
        fields.add("gateway", phase)
        if answer["stopped"]?.boolValue == true {
            fields.add("agents", "stopped: none does anything until `deputy resume`")
        }
        fields.add("home", answer["home"]?.stringValue)
        fields.add("version", answer["version"]?.stringValue)
        // Without a gateway these are this command's own.
        if isRunning {
            fields.add("up since", time("process_start_time_seconds"))
            fields.add("memory", bytes("process_resident_memory_bytes"))
        }
        fields.add("calls", parts("deputy_calls_total", by: "outcome"))
        fields.add("open calls", parts("deputy_calls_open", by: "state"))
        fields.add("decision", mean("deputy_decision_seconds"))
        fields.add("commit", mean("deputy_intent_seconds"))
        fields.add("ledger", parts("deputy_ledger_records", by: "tree"))
        fields.add("refused", parts("deputy_channel_refusals_total", by: "reason"))
        fields.add("notices", parts("deputy_notices", by: "state"))
        fields.add("approvals", count("deputy_approvals_waiting", "waiting"))
        fields.add("connections", parts("deputy_connections", by: "health"))
        fields.add("store", bytes("deputy_store_bytes"))
        fields.add("disk", bytes("deputy_disk_free_bytes").map { $0 + " free" })
        return fields
    }

    private var isRunning: Bool { ["serving", "stopping"].contains(answer["phase"]?.stringValue) }

    private var phase: String {
        switch answer["phase"]?.stringValue {
        case "serving": answer["ready"]?.boolValue == true ? "serving, ready" : "serving, not ready"
        case "stopping": "stopping"
        default: "not running"
        }
    }

    private func values(_ name: String) -> [JSON] { samples.filter { $0["name"]?.stringValue == name } }

    private func sum(_ name: String) -> Double? {
        let values = values(name).compactMap { number($0["value"]) }
        return values.isEmpty ? nil : values.reduce(0, +)
    }

    private func number(_ value: JSON?) -> Double? {
        guard case .number(let number)? = value else { return nil }
        return Double(number.text)
    }

    private func bytes(_ name: String) -> String? {
        sum(name).map { $0 < 1_048_576 ? "\(Int($0 / 1024)) KiB" : "\(Int($0 / 1_048_576)) MiB" }
    }

    private func time(_ name: String) -> String? {
        sum(name).flatMap { $0 > 0 ? Moment.text(Int64($0 * 1_000_000)) : nil }
    }

    /// What differs from 0, such as `done 12, denied 3`.
    private func parts(_ name: String, by label: String) -> String? {
        var totals: [String: Double] = [:]
        for value in values(name) {
            totals[value["labels"]?[label]?.stringValue ?? "", default: 0] += number(value["value"]) ?? 0
        }
        return totals.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map { "\($0.key) \(Int($0.value))" }.joined(
            separator: ", ")
    }

    private func count(_ name: String, _ word: String) -> String? {
        sum(name).flatMap { $0 > 0 ? "\(Int($0)) \(word)" : nil }
    }

    private func mean(_ name: String) -> String? {
        guard let count = sum(name + "_count"), count > 0, let total = sum(name + "_sum") else { return nil }
        let milliseconds = total / count * 1000
        return "\(Int(milliseconds * 1000)) µs on average of \(Int(count))"
    }
}
