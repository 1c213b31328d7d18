import ArgumentParser
import Wire

/// How records are written for other systems.
enum ExportFormat: String, CaseIterable, ExpressibleByArgument {
    /// Records as they are.
    case jsonl
    /// OCSF 1.5.0, class API Activity (6003).
    case ocsf
    /// CloudEvents 1.0, JSON.
    case cloudevents
}

/// Writes one record after the other in a format, in memory that doesn't grow.
struct RecordWriter {
    let format: ExportFormat
    let tree: String
    /// The name of the tree among all in the world.
    let origin: String
    private var calls = CallContexts()

    init(_ format: ExportFormat, tree: String, origin: String) {
        self.format = format
        self.tree = tree
        self.origin = origin
    }

    /// One line, with its end.
    mutating func line(_ record: JSON) -> String {
        let call = calls.note(record)
        return switch format {
        case .jsonl: record.text + "\n"
        case .ocsf: OCSFEvent(record, of: call, tree: tree, origin: origin).json.text + "\n"
        case .cloudevents: CloudEvent(record, origin: origin).json.text + "\n"
        }
    }
}

/// The decisions of calls that haven't ended: intents and outcomes name only their call.
struct CallContexts {
    private static let most = 10_000

    private var decisions: [String: JSON] = [:]
    private var order: [String] = []

    /// The decision of the record's call; nil when it was long ago, or before the export began.
    mutating func note(_ record: JSON) -> JSON? {
        guard let call = record["call"]?.stringValue else { return nil }
        switch record["kind"]?.stringValue {
        case "decision":
            if decisions.updateValue(record, forKey: call) == nil { order.append(call) }
            if order.count > CallContexts.most * 2 { forget() }
            return record
        case "outcome": return decisions.removeValue(forKey: call)
        default: return decisions[call]
        }
    }

    private mutating func forget() {
        order = order.filter { decisions[$0] != nil }
        for call in order.dropLast(CallContexts.most) { decisions[call] = nil }
        order = Array(order.suffix(CallContexts.most))
    }
}
