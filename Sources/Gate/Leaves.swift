import Authority
import Ledger
import Wire

/// The leaves of a call. Texts that people or providers wrote stay outside the tree: it holds their keyed digests.
enum Leaves {
    static func decision(
        _ call: CallID, _ judged: JudgedRequest, arguments: KeyedDigest, evidence: EvidenceSource? = nil,
        parked: ApprovalID? = nil, at time: Timestamp
    ) throws(LedgerError) -> Leaf {
        let (request, decision) = (judged.request, judged.decision)
        var fields: JSONObject = [
            "call": .string(call.raw),
            "agent": .string(request.agent.raw),
            "requester": .string(request.requester.text),
            "client": .string(request.client.raw),
            "trigger": .string(request.trigger.rawValue),
            "tool": .string(request.tool),
            "effect": .string(judged.tool.spec.effect.rawValue),
            "verdict": .string(decision.verdict.name),
            "labels": json(judged.gathered.labels),
            "arguments": arguments.json,
        ]
        if let principal = decision.principal { fields["principal"] = .string(principal.raw) }
        switch evidence {
        case .approval(let approval): fields["approval"] = .string(approval.id.raw)
        case .window(let window): fields["window"] = .string(window.id.raw)
        case .none: break
        }
        if let order = decision.order {
            fields["order"] = .string(order.order.name)
            fields["order_revision"] = .string(order.revision)
        }
        if let parked { fields["approval"] = .string(parked.raw) }
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

    /// A human's answer, or what became of an approval without one.
    static func approval(
        _ what: String, _ approval: Approval, by person: PersonID? = nil, _ more: JSONObject = [:], at time: Timestamp
    ) throws(LedgerError) -> Leaf {
        var fields: JSONObject = [
            "change": .string(what), "approval": .string(approval.id.raw), "agent": .string(approval.call.agent.raw),
            "tool": .string(approval.call.tool), "digest": .string(approval.digest.hex),
        ]
        if let person { fields["by"] = .string("person:\(person)") }
        for (key, value) in more.members { fields[key] = value }
        return try Leaf(kind: .approval, time: time.microseconds, fields: fields)
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
        var object: JSONObject = ["integrity": .string(labels.integrity.name), "readers": labels.readers.json]
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
