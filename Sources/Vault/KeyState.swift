/// What a key of the ring is used for.
public enum KeyState: String, Sendable, CaseIterable {
    /// Seals and opens. A ring has exactly one.
    case active
    /// Opens, and is to seal once every gateway has it. A ring has one at most, its newest.
    case waiting
    /// Opens what it sealed before another key took over.
    case decryptOnly = "decrypt-only"
}
