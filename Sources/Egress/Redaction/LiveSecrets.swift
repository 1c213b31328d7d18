import Synchronization

/// The forms of every secret that is in use right now, for the log. Counted, so that rotating tokens leave nothing.
public final class LiveSecrets: Sendable {
    private struct Slot {
        var count: Int
        let patterns: [[UInt8]]
    }

    private let slots = Mutex<[String: Slot]>([:])

    public init() {}

    func begin(_ fingerprint: String, _ forms: SecretForms) {
        slots.withLock { slots in
            if slots[fingerprint] == nil { slots[fingerprint] = Slot(count: 0, patterns: forms.patterns) }
            slots[fingerprint]?.count += 1
        }
    }

    func end(_ fingerprint: String) {
        slots.withLock { slots in
            slots[fingerprint]?.count -= 1
            if slots[fingerprint]?.count == 0 { slots[fingerprint] = nil }
        }
    }

    var count: Int { slots.withLock(\.count) }

    /// The text without any live secret.
    @Sendable public func redact(_ text: String) -> String {
        let patterns = slots.withLock { $0.values.flatMap(\.patterns) }
        return patterns.isEmpty ? text : Redactor.redact(text, patterns.sorted { $0.count > $1.count })
    }
}
