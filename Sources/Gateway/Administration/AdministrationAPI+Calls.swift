import Authority
import Broker
import Gate
import Registry
import Wire

extension AdministrationAPI {
    /// What the ledger says of a call that was made: decision, findings, credential, outcome. Neither arguments nor
    /// results are in the ledger.
    ///
    /// - Parameter name: the call's id, or the index of any record of it.
    func showCall(_ name: String) async throws -> JSON {
        let tree = TreeID.organization(organization)
        let id = try await callID(name, in: tree)
        let leaves = try await ledger.call(id, in: tree).sorted { index($0) < index($1) }
        let own = leaves.filter { $0["call"]?.stringValue == id }
        guard let decision = own.last(where: { kind($0) == "decision" }) else {
            throw RegistryError(
                .unknown, "the ledger has no call `\(name)`", hint: "find it with `deputy ledger show --limit 100`")
        }
        var answer: JSONObject = ["call": .string(id), "decision": decision]
        answer["findings"] = .array((decision["findings"]?.arrayValue ?? []).map(explained))
        answer["approval"] = .array(leaves.filter { kind($0) == "approval" || isParking($0, other: id) })
        answer["intent"] = own.first { kind($0) == "intent" }
        let outcome = own.last { kind($0) == "outcome" }
        answer["outcome"] = outcome
        let used = outcome?["credential"] ?? answer["intent"]?["credential"]
        if let connection = used?["connection"]?.stringValue,
            let found = try await desk.standing(of: ConnectionID(connection), in: organization)
        {
            answer["owner"] = found.record.json["owner"] ?? .null
            answer["connection_state"] = .object(found.standingJSON)
        }
        return .object(answer)
    }

    private func callID(_ name: String, in tree: TreeID) async throws -> String {
        guard let index = Int64(name) else { return name }
        let record = try await ledger.record(index, in: tree)
        guard let record, record["index"]?.integerValue == index else {
            throw RegistryError(.unknown, "there is no record \(index)", hint: "see `deputy ledger show`")
        }
        guard let call = record["call"]?.stringValue else {
            throw RegistryError(
                .refused, "record \(index) isn't of a call", hint: "see it with `deputy ledger show \(index)`")
        }
        return call
    }

    private func index(_ leaf: JSON) -> Int64 { leaf["index"]?.integerValue ?? 0 }

    private func kind(_ leaf: JSON) -> String { leaf["kind"]?.stringValue ?? "" }

    /// The decision of an identical call that was parked, and whose approval this call spent.
    private func isParking(_ leaf: JSON, other id: String) -> Bool {
        kind(leaf) == "decision" && leaf["call"]?.stringValue != id
    }

    private func explained(_ finding: JSON) -> JSON {
        var object = finding.objectValue ?? [:]
        if let rule = finding["rule"]?.stringValue.flatMap(Rule.init(rawValue:)) {
            object["layer"] = .number(JSONNumber(rule.layer.rawValue))
            object["layer_name"] = .string(rule.layer.name)
            object["meaning"] = .string(rule.meaning)
        }
        return .object(object)
    }
}
