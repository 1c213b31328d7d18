public import Authority

/// A channel to which files are brought before they are shown, to a place that it gives for each. Pure.
public protocol UploadingChannel: Sendable {
    /// What asks where a file is to be put.
    func request(placing file: OutboundFile) -> ChannelRequest

    func place(_ answer: ChannelAnswer) -> UploadPlace

    /// What became of the bytes that were put there. Nobody sees them yet, so that doing it again is harmless.
    func isPut(_ answer: ChannelAnswer) -> Bool
}

/// Where a file's bytes go.
public enum UploadPlace: Sendable, Hashable {
    /// The channel's own id of the file, and where its bytes are put: at the channel's own host or under it.
    case at(handle: String, address: String)
    case failed(DeliveryOutcome)
}

/// The way of a file's bytes to a channel's server: an errand. Implemented by egress.
public protocol UploadTransport: Sendable {
    func put(_ bytes: [UInt8], at address: String, with connection: ConnectionID) async -> ChannelReply
}

/// A message whose files are where its channel shows them from, or what became of it already.
public enum Prepared: Sendable, Hashable {
    case ready(OutboundMessage)
    case settled(DeliveryOutcome)
}
