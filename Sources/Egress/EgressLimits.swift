public import NIOCore

/// What one outgoing request may cost.
public struct EgressLimits: Sendable {
    public var connect: TimeAmount = .seconds(5)
    /// From the first byte of the request to the last byte of the answer.
    public var whole: Duration = .seconds(60)
    /// For how long a request waits for its turn at an account that takes so many at once.
    public var turn: Duration = .seconds(20)
    public var answerBytes = 4 << 20
    public var requestBytes = 8 << 20
    /// Pinned clients that are kept open.
    public var clients = 256
    /// How long a checked address is used before the name is asked again.
    public var addressSeconds: Int64 = 60

    public init() {}
}
