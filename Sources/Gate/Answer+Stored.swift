import Authority
import Wire

extension Answer {
    /// The answer to a call that was carried out, as it waits for the client's repeat.
    var stored: JSON {
        switch self {
        case .done(_, let result): ["outcome": "done", "result": result]
        case .refused(_, let refusal):
            [
                "outcome": "refused", "status": .number(JSONNumber(refusal.status)), "code": .string(refusal.code),
                "message": .string(refusal.message),
                "retryAfter": refusal.retryAfter.map { .number(JSONNumber($0)) } ?? .null,
                "isCredentialRefused": .bool(refusal.isCredentialRefused),
            ]
        case .notSent(_, let reason): ["outcome": "not_sent", "reason": .string(reason)]
        case .unknown(_, let reason): ["outcome": "unknown", "reason": .string(reason)]
        case .withheld: ["outcome": "withheld"]
        case .edited, .pending, .ask, .declined, .tooManyAsks, .connect, .deny, .noSuchTool, .invalid, .unavailable:
            ["outcome": "unknown", "reason": "the call had no outcome"]
        }
    }

    /// - Parameter stored: nil when the gateway stopped before the answer was kept.
    init(stored: JSON?, of call: CallID) {
        let reason = stored?["reason"]?.stringValue
        switch stored?["outcome"]?.stringValue {
        case "done": self = .done(call, stored?["result"] ?? .null)
        case "refused":
            self = .refused(
                call,
                ProviderRefusal(
                    status: stored?["status"]?.integerValue.flatMap { Int(exactly: $0) } ?? 0,
                    code: stored?["code"]?.stringValue ?? "", message: stored?["message"]?.stringValue ?? "",
                    retryAfter: stored?["retryAfter"]?.integerValue.flatMap { Int(exactly: $0) },
                    isCredentialRefused: stored?["isCredentialRefused"]?.boolValue ?? false))
        case "not_sent": self = .notSent(call, reason ?? "")
        case "withheld": self = .withheld(call)
        case .some, .none: self = .unknown(call, reason ?? "the gateway stopped before the outcome was recorded")
        }
    }
}
