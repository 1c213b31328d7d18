/// What a sealed key file says of its source, in clear. It is authenticated by the wrap of the root.
enum SealedRingHead: Sendable, Hashable {
    case passphrase(ScryptCost)
    case credential(String)
    case token(TokenAddress)

    /// Of a source, and the line of its cost where it has one; nil where they don't fit.
    init?(_ source: KeySource, cost: ScryptCost?) {
        switch (source, cost) {
        case (.passphrase, let cost?): self = .passphrase(cost)
        case (.credential(let name), nil): self = .credential(name)
        case (.token(let address), nil): self = .token(address)
        case (.file, _), (.passphrase, nil), (.credential, _?), (.token, _?): return nil
        }
    }

    var source: KeySource {
        switch self {
        case .passphrase: .passphrase
        case .credential(let name): .credential(name)
        case .token(let address): .token(address)
        }
    }

    var lines: [String] {
        switch self {
        case .passphrase(let cost): ["\(SealedRing.version) passphrase", cost.line]
        case .credential, .token: ["\(SealedRing.version) \(source)"]
        }
    }

    var bytes: [UInt8] { Array(lines.joined(separator: "\n").utf8) }
}
