import Authority
import Gate
import Wire

/// The gate's answer to a call as the result of a tool: what a model reads, and what a program reads.
struct ToolReply {
    let text: String
    let structured: JSON?
    let isError: Bool
    /// The call's id in the ledger, where it has one.
    let call: CallID?

    /// `_meta` of the result.
    var meta: JSONObject? { call.map { ["deputy/call": .string($0.raw)] } }
}

extension ToolReply {
    /// Nil where there is no such tool, or none that this person may see: that is an error of the protocol.
    init?(_ answer: Answer) {
        switch answer {
        case .done(let call, let value):
            self.init(text: value.text, structured: value.objectValue.map { .object($0) }, isError: false, call: call)
        case .refused(let call, let refusal):
            self = .refused(refusal, call)
        case .notSent(let call, let reason):
            self = .failure("not_sent", "nothing was done: \(reason)", call)
        case .unknown(let call, let reason):
            self = .failure(
                "unknown", "nobody knows whether it was done, so don't repeat it blindly: \(reason)", call)
        case .withheld(let call):
            self = .failure("withheld", "it was done, and the right to its result was revoked meanwhile", call)
        case .pending(let call, .open):
            self = .failure("pending", "the same call is under way already", call, ["state": "open"])
        case .pending(let call, .unknown):
            self = .failure(
                "pending", "the same call was made before and nobody knows whether it was done, so it isn't repeated",
                call, ["state": "unknown"])
        case .ask(let findings):
            self = .asking(findings)
        case .connect(let findings):
            self = .explained("connection_required", "needs a connection: \(Self.sentences(findings))", findings)
        case .deny(let findings):
            self = .explained("denied", "denied: \(Self.sentences(findings))", findings)
        case .invalid(let violations):
            self = .invalid(violations)
        case .unavailable(let reason):
            self = .failure("unavailable", "nothing was done: \(reason)", nil)
        case .noSuchTool:
            return nil
        }
    }

    /// An error that findings explain: the first one names layer and rule, the list has all. Rules that callers aren't
    /// told of are left out.
    static func error(_ kind: String, _ message: String, _ findings: [Finding]) -> JSONObject {
        let told = findings.filter(\.rule.isTold)
        var error: JSONObject = ["kind": .string(kind), "message": .string(message)]
        if let first = told.first {
            error["layer"] = .number(JSONNumber(first.layer.rawValue))
            error["rule"] = .string(first.rule.rawValue)
        }
        error["way_out"] = told.lazy.compactMap(\.wayOut).first.map { .string($0) }
        error["findings"] = .array(told.map(\.json))
        return error
    }

    /// The findings in plain words, each with its way out.
    static func sentences(_ findings: [Finding]) -> String {
        findings.filter(\.rule.isTold).map { finding in
            finding.sentence + (finding.wayOut.map { " (\($0))" } ?? "")
        }.joined(separator: "; ")
    }

    private static func failure(
        _ kind: String, _ message: String, _ call: CallID?, _ more: JSONObject = [:]
    ) -> ToolReply {
        var error: JSONObject = ["kind": .string(kind), "message": .string(message)]
        for (key, value) in more.members { error[key] = value }
        return failed(error, message, call)
    }

    private static func explained(_ kind: String, _ message: String, _ findings: [Finding]) -> ToolReply {
        failed(error(kind, message, findings), message, nil)
    }

    private static func failed(_ error: JSONObject, _ text: String, _ call: CallID?) -> ToolReply {
        ToolReply(text: text, structured: ["error": .object(error)], isError: true, call: call)
    }

    /// The provider said no. Its words are its own: they stand in their own member, and behind a colon.
    private static func refused(_ refusal: ProviderRefusal, _ call: CallID) -> ToolReply {
        var more: JSONObject = [
            "provider": [
                "status": .number(JSONNumber(refusal.status)), "code": .string(refusal.code),
                "message": .string(refusal.message),
            ]
        ]
        more["retry_after"] = refusal.retryAfter.map { .number(JSONNumber($0)) }
        if refusal.isCredentialRefused { more["way_out"] = "the connection's owner has to connect again" }
        return failure("refused", "the provider refused (\(refusal.code)): \(refusal.message)", call, more)
    }

    private static func asking(_ findings: [Finding]) -> ToolReply {
        var approvers: Set<PersonID> = []
        for finding in findings {
            switch finding.kind {
            case .obligation(let obligation): approvers.formUnion(obligation.approvers)
            case .denial, .need: break
            }
        }
        let names = approvers.sorted().map(\.raw)
        let who = names.isEmpty ? "needs an approval" : "needs approval by \(names.joined(separator: ", "))"
        let message = "\(who): \(sentences(findings))"
        var error = error("approval_required", message, findings)
        error["approvers"] = .array(names.map { .string($0) })
        return failed(error, message, nil)
    }

    private static func invalid(_ violations: [SchemaViolation]) -> ToolReply {
        let listed = violations.map { violation -> JSON in
            var object: JSONObject = [
                "pointer": .string(violation.pointer.description), "message": .string(violation.message),
            ]
            object["hint"] = violation.hint.map { .string($0) }
            return .object(object)
        }
        let text = violations.map(\.description).joined(separator: "; ")
        return failure(
            "invalid_arguments", "the arguments don't fit: \(text)", nil, ["violations": .array(listed)])
    }
}
