public import Authority
public import Gate

/// A place where a model is asked now: what a definition says of it, and the one connection whose key is used.
public struct ModelEndpoint: Sendable, Hashable {
    public let slot: ModelSlot
    /// Nil where no key is wanted.
    public let key: ConnectionUse?
    /// The most tokens that the reply may have.
    public let longestReply: Int

    public init(_ slot: ModelSlot, key: ConnectionUse?) {
        self.init(slot, key: key, longestReply: slot.longestReply)
    }

    private init(_ slot: ModelSlot, key: ConnectionUse?, longestReply: Int) {
        self.slot = slot
        self.key = key
        self.longestReply = longestReply
    }

    public var name: String { slot.name }
    public var speaks: ModelProtocol { slot.speaks }
    public var model: String { slot.model }
    public var context: Int? { slot.context }
    /// Scheme, host and port, and the path, with or without `/v1`. Empty where nothing is asked anywhere.
    public var base: String { slot.base ?? key?.origin ?? "" }

    func answering(within tokens: Int) -> ModelEndpoint {
        ModelEndpoint(slot, key: key, longestReply: min(longestReply, tokens))
    }
}
