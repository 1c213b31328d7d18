/// What one rule said.
public struct Finding: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// Nothing lifts it.
        case denial
        /// Something has to be connected, chosen or agreed to first.
        case need
        case obligation(Obligation)
    }

    public let rule: Rule
    public let kind: Kind
    /// The names that the sentence speaks of: tool, provider, person, value. Never a secret.
    public let names: [String]

    public init(_ rule: Rule, _ kind: Kind, _ names: [String] = []) {
        self.rule = rule
        self.kind = kind
        self.names = names
    }

    public var layer: Layer { rule.layer }
}
