import Authority
import Ledger
import Wire

/// The leaves of a call. Texts that people or providers wrote stay outside the tree: it holds their keyed digests.
enum Leaves {
    static func decision(
        _ call: CallID, _ request: ToolCallRequest, _ decision: Decision, effect: Effect, labels: Labels,
        arguments: KeyedDigest, at time: Timestamp
    ) throws(LedgerError) -> Leaf {
        var fields: JSONObject = [
            "call": .string(call.raw),
            "agent": .string(request.agent.raw),
            "requester": .string(request.requesterText),
            "client": .string(request.client.raw),
            "trigger": .string(request.trigger.rawValue),
            "tool": .string(request.tool),
            "effect": .string(effect.rawValue),
            "verdict": .string(decision.verdict.name),
            "labels": json(labels),
            "arguments": arguments.json,
        ]
        if let principal = decision.principal { fields["principal"] = .string(principal.raw) }
        if !decision.findings.isEmpty { fields["findings"] = .array(decision.findings.map(json)) }
        return try Leaf(kind: .decision, time: time.microseconds, fields: fields)
    }

    static func intent(_ call: JudgedCall, at time: Timestamp) throws(LedgerError) -> Leaf {
        var fields: JSONObject = [
            "call": .string(call.id.raw),
            "digest": .string(call.digest.hex),
            "request": .string("\(call.plan.effect.method) \(call.plan.effect.path)"),
        ]
        if let use = call.connection { fields["credential"] = json(use) }
        return try Leaf(kind: .intent, time: time.microseconds, fields: fields)
    }

    static func outcome(
        _ call: CallID, name: String, detail: JSONObject = [:], result: KeyedDigest? = nil, use: ConnectionUse? = nil,
        withheld: Bool = false, at time: Timestamp
    ) throws(LedgerError) -> Leaf {
        var fields: JSONObject = ["call": .string(call.raw), "outcome": .string(name)]
        if withheld { fields["withheld"] = true }
        if !detail.isEmpty { fields["detail"] = .object(detail) }
        if let result { fields["result"] = result.json }
        if let use { fields["credential"] = json(use) }
        return try Leaf(kind: .outcome, time: time.microseconds, fields: fields)
    }

    private static func json(_ use: ConnectionUse) -> JSON {
        [
            "connection": .string(use.facts.id.raw),
            "generation": .number(JSONNumber(use.generation)),
            "account": .string(use.facts.account),
            "fingerprint": .string(use.fingerprint),
        ]
    }

    private static func json(_ finding: Finding) -> JSON {
        let kind: String =
            switch finding.kind {
            case .denial: "denial"
            case .need: "need"
            case .obligation: "obligation"
            }
        return ["rule": .string(finding.rule.rawValue), "kind": .string(kind)]
    }

    static func json(_ labels: Labels) -> JSON {
        var object: JSONObject = ["integrity": .string(labels.integrity.name)]
        switch labels.readers {
        case .organization: object["readers"] = "organization"
        case .only(let people): object["readers"] = .array(people.sorted().map { .string($0.raw) })
        }
        if !labels.classes.isEmpty { object["classes"] = .array(labels.classes.names.map { .string($0) }) }
        return .object(object)
    }
}

/// A digest under a key that lies beside the payload: erasing the payload's row makes the digest mean nothing.
struct KeyedDigest {
    let payload: String
    let digest: Digest

    init(of bytes: [UInt8], key: [UInt8], payload: String) {
        self.payload = payload
        digest = .hmac(of: bytes, key: key)
    }

    var json: JSON { ["payload": .string(payload), "hmac": .string(digest.hex)] }
}
