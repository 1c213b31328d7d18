import Ledger
import Wire

/// A record as a CloudEvent (1.0, JSON format): identified by its tree and its place, with its leaf hash as the extension
/// `leafhash`, so that a row elsewhere can be tied back to the ledger.
struct CloudEvent {
    let json: JSON

    init(_ record: JSON, origin: String) {
        let kind = record["kind"]?.stringValue ?? ""
        let subjects = ["call", "approval", "change", "gateway", "person"]
        var event: JSONObject = [
            "specversion": "1.0", "id": .string(record["index"]?.text ?? ""), "source": .string(origin),
            "type": .string("dev.deputy.ledger.\(kind)"),
            "time": .string(Moment.exact(record["time"]?.integerValue ?? 0)), "datacontenttype": "application/json",
            "leafhash": .string(MerkleTree.leafHash(of: record.bytes()).hex), "data": record,
        ]
        if let subject = subjects.lazy.compactMap({ record[$0]?.stringValue }).first {
            event["subject"] = .string(subject)
        }
        json = .object(event)
    }
}
