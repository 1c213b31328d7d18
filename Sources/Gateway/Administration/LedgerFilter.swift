import Authority
import Wire

/// Which records of a tree somebody asks for.
struct LedgerFilter: Sendable {
    static let keys = ["agent", "person", "decision", "effect", "since", "until", "call"]

    private let agent: String?
    private let person: String?
    private let verdict: String?
    private let effect: String?
    private let call: String?
    /// Microseconds since 1970. `since` belongs to what is asked for, `until` doesn't.
    let since: Int64?
    private let until: Int64?

    init(_ query: [String: String]) throws(LedgerDeskError) {
        func word(_ key: String, of known: [String]) throws(LedgerDeskError) -> String? {
            guard let word = query[key] else { return nil }
            guard known.contains(word) else {
                throw LedgerDeskError(
                    status: 422, code: "invalid", message: "`\(key)` can't be `\(word)`",
                    hint: suggestion(for: word, among: known) ?? "one of \(known.joined(separator: ", "))")
            }
            return word
        }
        func time(_ key: String) throws(LedgerDeskError) -> Int64? {
            guard let text = query[key] else { return nil }
            guard let time = Int64(text) else {
                throw LedgerDeskError(
                    status: 422, code: "invalid", message: "`\(key)` can't be `\(text)`",
                    hint: "microseconds since 1970")
            }
            return time
        }
        agent = query["agent"]
        person = query["person"]
        call = query["call"]
        verdict = try word("decision", of: ["permit", "ask", "connect", "deny"])
        effect = try word("effect", of: Effect.allCases.map(\.rawValue))
        since = try time("since")
        until = try time("until")
    }

    /// Whether a call's decision says if its intent and outcome are asked for, which don't name agent or person.
    var isAboutCalls: Bool { agent != nil || person != nil || verdict != nil || effect != nil }

    /// Whether the record's bytes can hold what is asked for. Cheaper than reading them.
    func canMatch(_ bytes: [UInt8]) -> Bool {
        guard let call else { return true }
        return bytes.holds(Array(call.utf8))
    }

    func holds(time: Int64) -> Bool { (since ?? .min) <= time && time < (until ?? .max) }

    /// Whether a record is asked for, as far as it says itself.
    func matches(_ leaf: JSON) -> Bool {
        func has(_ wanted: String?, _ found: String?...) -> Bool { wanted == nil || found.contains(wanted) }
        return has(agent, leaf["agent"]?.stringValue) && has(verdict, leaf["verdict"]?.stringValue)
            && has(effect, leaf["effect"]?.stringValue) && has(call, leaf["call"]?.stringValue)
            && (person == nil
                || has(
                    person, leaf["principal"]?.stringValue, leaf["person"]?.stringValue,
                    named(leaf["requester"]), named(leaf["by"])))
    }

    /// The person in `person:alice`.
    private func named(_ text: JSON?) -> String? {
        guard let text = text?.stringValue, text.hasPrefix("person:") else { return nil }
        return String(text.dropFirst("person:".count))
    }
}
