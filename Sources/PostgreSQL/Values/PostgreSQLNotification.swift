/// What `NOTIFY` sent, after the transaction that it was in had committed.
public struct PostgreSQLNotification: Sendable, Hashable {
    public let channel: String
    /// Up to 8,000 bytes; empty if `NOTIFY` named none.
    public let payload: String

    public init(channel: String, payload: String) {
        self.channel = channel
        self.payload = payload
    }
}
