import NIOCore

/// What one WebSocket may cost.
struct WebSocketLimits: Sendable {
    /// Of one message, all its fragments together.
    var messageBytes = 1 << 20
    var fragments = 1024
    /// From the first packet to the last byte of the handshake.
    var handshake: TimeAmount = .seconds(15)
    /// Between two pings of ours.
    var pulse: TimeAmount = .seconds(10)
    /// Without a byte from the other side, after which it is taken for gone.
    var silence: TimeAmount = .seconds(40)
}
