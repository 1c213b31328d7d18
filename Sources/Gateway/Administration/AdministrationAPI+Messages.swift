import Authority
import Registry
import Turns
import Wire

/// Messages that came to nothing. Their words aren't here.
extension AdministrationAPI {
    /// - Parameter path: none, `ID`, or `ID/retry`.
    func routeMessages(_ method: String, _ path: [String]) async throws -> JSON? {
        switch (method, path.count) {
        case ("GET", 0): return ["messages": .array(try await troubles.list(in: organization).map(\.json))]
        case ("POST", 2) where path[1] == "retry":
            try await troubles.retry(path[0], by: administrator.text, in: organization)
            return ["id": .string(path[0]), "retried": true]
        case ("DELETE", 1):
            try await troubles.drop(path[0], by: administrator.text, in: organization)
            return ["id": .string(path[0]), "dropped": true]
        default: return nil
        }
    }
}

extension TroubledMessage {
    fileprivate var json: JSON {
        [
            "id": .string(id), "trouble": .string(trouble.rawValue), "account": .string("\(account)"),
            "time": .number(JSONNumber(time.microseconds)), "attempts": .number(JSONNumber(attempts)),
            "bytes": bytes.map { .number(JSONNumber($0)) } ?? .null, "reason": .string(reason),
            "can_retry": .bool(trouble.isCertain),
        ]
    }
}
