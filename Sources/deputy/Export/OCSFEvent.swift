import FoundationEssentials
import Ledger
import Wire

/// A record as an OCSF event of the class API Activity (6003): who called which operation through which agent, and what
/// was decided. What the class has no place for stands in `unmapped`, the leaf hash too.
struct OCSFEvent {
    private static let version = "1.5.0"
    private static let classUID: Int64 = 6003

    let json: JSON

    /// - Parameter decision: that of the record's call, where it is known.
    init(_ record: JSON, of decision: JSON?, tree: String, origin: String) {
        func text(_ key: String) -> String? { record[key]?.stringValue ?? decision?[key]?.stringValue }
        let activity = Activity(record, effect: text("effect"))
        let status = Status(record)
        var event: JSONObject = [
            "category_uid": 6, "category_name": "Application Activity",
            "class_uid": .number(JSONNumber(Self.classUID)), "class_name": "API Activity",
            "activity_id": .number(JSONNumber(activity.id)), "activity_name": .string(activity.name),
            "type_uid": .number(JSONNumber(Self.classUID * 100 + activity.id)),
            "time": .number(JSONNumber((record["time"]?.integerValue ?? 0) / 1000)),
            "severity_id": .number(JSONNumber(status.severity)), "status_id": .number(JSONNumber(status.id)),
            "status": .string(status.name),
        ]
        event["status_detail"] = record["findings"]?[0]?["rule"] ?? record["detail"]?["reason"]
        event["metadata"] = Self.metadata(record, tree: tree, origin: origin)
        event["actor"] = Self.actor(record, text("requester") ?? text("by"), agent: text("agent"))
        event["api"] = Self.api(record, tool: text("tool"))
        event["src_endpoint"] = text("client").map { ["uid": .string($0), "name": "client"] } ?? ["name": "deputy"]
        if let credential = record["credential"], let connection = credential["connection"] {
            event["resources"] = [["uid": connection, "type": "connection", "name": credential["account"] ?? ""]]
        }
        var unmapped = record.objectValue ?? [:]
        unmapped["leaf_hash"] = .string(MerkleTree.leafHash(of: record.bytes()).hex)
        event["unmapped"] = .object(unmapped)
        json = .object(event)
    }

    private static func metadata(_ record: JSON, tree: String, origin: String) -> JSON {
        var metadata: JSONObject = [
            "version": .string(version),
            "product": ["name": "Deputy", "vendor_name": "Deputy", "version": .string(Version.text)],
            "uid": .string("\(origin)#\(record["index"]?.text ?? "")"), "sequence": record["index"] ?? 0,
            "log_name": .string(tree), "log_provider": "deputy", "event_code": record["kind"] ?? "",
        ]
        metadata["correlation_uid"] = record["call"] ?? record["approval"]
        if tree.hasPrefix("organization/") {
            metadata["tenant_uid"] = .string(String(tree.dropFirst("organization/".count)))
        }
        return .object(metadata)
    }

    private static func actor(_ record: JSON, _ who: String?, agent: String?) -> JSON {
        let isPerson = who?.hasPrefix("person:") == true
        let name = who.map { isPerson ? String($0.dropFirst("person:".count)) : $0 } ?? "deputy"
        var actor: JSONObject = [
            "user": [
                "uid": .string(name), "name": .string(name), "type_id": isPerson ? 1 : 3,
                "type": isPerson ? "User" : "System",
            ]
        ]
        if let agent {
            actor["app_uid"] = .string(agent)
            actor["app_name"] = .string(agent)
        }
        if let verdict = record["verdict"] {
            var authorization: JSONObject = ["decision": verdict]
            if let rule = record["findings"]?[0]?["rule"] { authorization["policy"] = ["name": rule, "uid": rule] }
            actor["authorizations"] = [.object(authorization)]
        }
        return .object(actor)
    }

    private static func api(_ record: JSON, tool: String?) -> JSON {
        let operation = tool ?? record["change"]?.stringValue ?? record["request"]?.stringValue
        var api: JSONObject = ["operation": .string(operation ?? record["kind"]?.stringValue ?? "unknown")]
        if let call = record["call"] { api["request"] = ["uid": call] }
        if let code = record["detail"]?["status"] { api["response"] = ["code": code] }
        return .object(api)
    }

    /// The effect, as far as the class has it.
    private struct Activity {
        let id: Int64
        let name: String

        init(_ record: JSON, effect: String?) {
            switch effect {
            case "create": (id, name) = (1, "Create")
            case "read": (id, name) = (2, "Read")
            case "update": (id, name) = (3, "Update")
            case "delete": (id, name) = (4, "Delete")
            case .some(let other): (id, name) = (99, other.capitalized)
            case .none: (id, name) = (99, record["kind"]?.stringValue?.capitalized ?? "Other")
            }
        }
    }

    private struct Status {
        let id: Int64
        let name: String
        /// 1 informational, 2 low, 3 medium.
        let severity: Int64

        init(_ record: JSON) {
            switch record["verdict"]?.stringValue ?? record["outcome"]?.stringValue {
            case "permit", "done": (id, name, severity) = (1, "Success", 1)
            case "deny", "refused", "not_sent": (id, name, severity) = (2, "Failure", 2)
            case "unknown": (id, name, severity) = (0, "Unknown", 3)
            case .some(let other): (id, name, severity) = (99, other, 1)
            case .none: (id, name, severity) = (1, "Success", 1)
            }
        }
    }
}
