import Synchronization

/// The forms of every secret that is in use right now, for the log. Counted, so that rotating tokens leave nothing.
public final class LiveSecrets: Sendable {
    private let uses = Mutex<[[[UInt8]]: Int]>([:])

    public init() {}

    func begin(_ forms: SecretForms) { uses.withLock { $0[forms.patterns, default: 0] += 1 } }

    func end(_ forms: SecretForms) {
        uses.withLock { uses in
            let left = uses[forms.patterns, default: 1] - 1
            uses[forms.patterns] = left == 0 ? nil : left
        }
    }

    var count: Int { uses.withLock(\.count) }

    /// The text without any live secret.
    @Sendable public func redact(_ text: String) -> String {
        let patterns = uses.withLock { $0.keys.flatMap(\.self) }
        return patterns.isEmpty ? text : Redactor.redact(text, patterns.sorted { $0.count > $1.count })
    }
}
