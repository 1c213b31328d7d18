/// The way to platforms' sockets: an errand. Implemented by egress, with the account's token.
public protocol Sockets: Sendable {
    /// Changes whenever sockets have to be opened anew; nil while the account's connection can't be used.
    func state(of record: ChannelAccountRecord) async throws -> String?

    /// Asks for an address, connects to it, and hands over each message, whole and in its order, until the other side closes.
    ///
    /// - Parameter hear: one message at a time.
    func open(
        _ record: ChannelAccountRecord, as channel: any SocketChannel,
        hear: @escaping @Sendable ([UInt8]) async -> SocketReaction
    ) async throws(SocketFailure)
}

/// What a message is answered with.
public enum SocketReaction: Sendable, Hashable {
    case nothing
    case answer([UInt8])
    /// What still comes is heard, for so long.
    case finish(within: Duration)
    case end(SocketFailure)
}

/// Why a socket can't be opened, or ended before its time.
public struct SocketFailure: Error, Sendable, Hashable {
    /// Safe to log.
    public let reason: String
    /// In seconds; nil when it may be tried as we see fit.
    public let after: Int?
    /// Whether somebody has to change something first.
    public let needsSomebody: Bool
    /// What was wrong with what came, to be counted.
    public let refusal: HookRefusal?

    public init(_ reason: String, after: Int? = nil, needsSomebody: Bool = false, refusal: HookRefusal? = nil) {
        self.reason = reason
        self.after = after
        self.needsSomebody = needsSomebody
        self.refusal = refusal
    }
}
