/// What a tool does to the world.
public enum Effect: String, Sendable, CaseIterable {
    case read
    /// Text kept in Deputy. A draft written into a mailbox is `create`.
    case draft
    case send
    case share
    case create
    case update
    case delete
    case execute
    case administer

    /// Whether data can leave the session through it: everything but reading and drafting.
    public var isSink: Bool {
        switch self {
        case .read, .draft: false
        case .send, .share, .create, .update, .delete, .execute, .administer: true
        }
    }

    /// Whether it can't be taken back. Only an approval of the exact call agrees to it.
    public var isDestructive: Bool {
        switch self {
        case .delete, .execute, .administer: true
        case .read, .draft, .send, .share, .create, .update: false
        }
    }
}

/// A set of effects, as a client's ceiling or a tier has it.
public struct EffectSet: OptionSet, Hashable, Sendable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    public init(_ effect: Effect) {
        rawValue =
            switch effect {
            case .read: 1 << 0
            case .draft: 1 << 1
            case .send: 1 << 2
            case .share: 1 << 3
            case .create: 1 << 4
            case .update: 1 << 5
            case .delete: 1 << 6
            case .execute: 1 << 7
            case .administer: 1 << 8
            }
    }

    public static let read = EffectSet(Effect.read)
    public static let draft = EffectSet(Effect.draft)
    public static let send = EffectSet(Effect.send)
    public static let create = EffectSet(Effect.create)
    public static let all = Effect.allCases.reduce(into: EffectSet()) { $0.formUnion(EffectSet($1)) }

    public func contains(_ effect: Effect) -> Bool { isSuperset(of: EffectSet(effect)) }
}
