import Authority
import Broker
import Gate
import Wire

/// The gate's answer to a call as the result of a tool: what a model reads, and what a program reads.
struct ToolReply {
    let text: String
    let structured: JSON?
    let isError: Bool
    /// The call's id in the ledger, where it has one.
    let call: CallID?

    /// What an approver made of the arguments, where one changed them.
    var edited: JSON?

    /// `_meta` of the result.
    var meta: JSONObject? {
        guard let call else { return nil }
        var meta: JSONObject = ["deputy/call": .string(call.raw)]
        if let edited { meta["deputy/edited"] = edited }
        return meta
    }
}

extension ToolReply {
    /// Nil where there is no such tool, or none that this person may see: that is an error of the protocol.
    ///
    /// - Parameter links: where a person does what is asked for.
    init?(_ answer: Answer, _ links: PageLinks) {
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
                call,
                [
                    "state": "unknown",
                    "way_out": "somebody looks at the provider and says what became of it (`deputy calls settle`)",
                ])
        case .edited(let person, let arguments, let inner):
            guard let reply = ToolReply(inner, links) else { return nil }
            self.init(
                text: "\(person) changed the arguments to \(JSON.object(arguments).text) and agreed to that: "
                    + reply.text, structured: reply.structured, isError: reply.isError, call: reply.call,
                edited: ["by": .string(person.raw), "arguments": .object(arguments)])
        case .ask(let findings, let ticket):
            self = .asking(findings, ticket, links)
        case .declined(let approval, let person, let reason):
            self = .failure(
                "approval_denied", "\(person) denied this call" + (reason.isEmpty ? "" : ": \(reason)"), nil,
                ["approval": .string(approval.raw), "by": .string(person.raw), "reason": .string(reason)])
        case .tooManyAsks(let count):
            self = .failure(
                "too_many_asks", "\(count) calls wait for an answer already, so this one isn't asked", nil,
                ["way_out": "wait until some of them are answered"])
        case .connect(let findings):
            self = .connecting(findings, links)
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
        if refusal.isCredentialRefused {
            more["way_out"] = "when it goes on, the connection's owner has to connect again"
        }
        var message = "the provider refused (\(refusal.code)): \(refusal.message)"
        if let explanation = refusal.explanation {
            message = "\(explanation.message); \(message)"
            more["way_out"] = .string(explanation.wayOut)
        }
        return failure("refused", message, call, more)
    }

    private static func asking(_ findings: [Finding], _ ticket: AskTicket?, _ links: PageLinks) -> ToolReply {
        guard let ticket else {
            return failed(
                error("approval_required", "needs an approval, and there is nobody who can give it", findings),
                "needs an approval, and there is nobody who can give it: \(sentences(findings))", nil)
        }
        let names = ticket.approvers.sorted().map(\.raw)
        let link = links.approval(ticket.approval)
        let message =
            ticket.isRunning
            ? "approved, and being carried out: make the identical call again in a moment to have its result"
            : "needs approval by \(names.joined(separator: " or ")): \(sentences(findings)); it waits at \(link), and after "
                + "the approval the identical call has its result"
        var error = error(ticket.isRunning ? "approval_running" : "approval_required", message, findings)
        error["approvers"] = .array(names.map { .string($0) })
        error["approval"] = .string(ticket.approval.raw)
        error["link"] = .string(link)
        error["expires"] = .number(JSONNumber(ticket.expires.microseconds))
        return failed(error, message, nil)
    }

    private static func connecting(_ findings: [Finding], _ links: PageLinks) -> ToolReply {
        let link = findings.lazy.compactMap(links.page(for:)).first
        let why = links.connectWay?.why
        // That it was refused, the finding says.
        let because = why?.standing.cause == .refused ? nil : why?.sentence
        let message =
            "needs a connection: \(sentences(findings))" + (because.map { "; \($0)" } ?? "")
            + (link.map { "; the person does it at \($0)" } ?? "")
            + (links.connectWay?.hasNoPage == true ? why?.nextStep.map { "; \($0)" } ?? "" : "")
        var error = error("connection_required", message, findings)
        error["link"] = link.map { .string($0) }
        error["connection"] = why.map { .object($0.standingJSON) }
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
