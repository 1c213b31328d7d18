/// One place of a channel, by whose account it is reached: `slack/help/C0123456789`.
public struct SharedPlace: Hashable, Sendable, Comparable {
    /// The channel, such as `slack`.
    public let kind: String
    public let account: String
    /// The channel's own id of the place.
    public let peer: String

    public init(kind: String, account: String, peer: String) {
        self.kind = kind
        self.account = account
        self.peer = peer
    }

    /// Nil unless it has three parts, each of plain characters.
    public init?(text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, parts.allSatisfy({ (1...200).contains($0.utf8.count) }),
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return nil }
        self.init(kind: parts[0], account: parts[1], peer: parts[2])
    }

    public var text: String { "\(kind)/\(account)/\(peer)" }

    public static func < (left: SharedPlace, right: SharedPlace) -> Bool { left.text < right.text }
}

/// Where somebody may use an agent by what was shared.
public enum ShareReach: Hashable, Sendable {
    case nowhere
    case only(Set<SharedPlace>)
    case everywhere

    /// - Parameter place: nil where it is no channel's place, as over a token.
    public func includes(_ place: SharedPlace?) -> Bool {
        switch self {
        case .nowhere: false
        case .only(let places): place.map(places.contains) ?? false
        case .everywhere: true
        }
    }

    public func covers(_ other: ShareReach) -> Bool {
        switch (self, other) {
        case (.everywhere, _), (_, .nowhere): true
        case (.only(let mine), .only(let others)): mine.isSuperset(of: others)
        case (.nowhere, _), (.only, .everywhere): false
        }
    }

    public func union(_ other: ShareReach) -> ShareReach {
        switch (self, other) {
        case (.everywhere, _), (_, .everywhere): .everywhere
        case (.only(let mine), .only(let others)): .only(mine.union(others))
        case (.nowhere, let one), (let one, .nowhere): one
        }
    }
}
