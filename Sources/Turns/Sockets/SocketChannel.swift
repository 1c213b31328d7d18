public import Authority
import Wire

/// A channel whose platform can be asked for a WebSocket, over which it tells what it would else post to a hook. Pure.
public protocol SocketChannel: Sendable {
    var traits: ChannelTraits { get }

    /// What asks for a socket's address, with the account's token.
    var opening: ChannelRequest { get }

    func opening(_ answer: ChannelAnswer) -> SocketOpening

    /// Reads one message. Whoever opened the socket has shown who they are, so nothing in it is signed.
    func receive(_ text: [UInt8], for account: ChannelAccount, at now: Timestamp) -> SocketEvent
}

/// What a platform says to whoever asks for a socket.
public enum SocketOpening: Sendable, Hashable {
    /// A `wss` address, which works once and is a secret.
    case address(String)
    /// Not now: again after so many seconds, or when we see fit.
    case later(after: Int?, String)
    /// Not before somebody has changed something.
    case refused(String)
}

/// What a message on a socket comes to.
public enum SocketEvent: Sendable, Hashable {
    /// The platform is there and tells from now on.
    case greeted
    /// Acknowledged once what it came to is stored.
    case told(HookOutcome, acknowledgement: [UInt8])
    /// The platform closes this socket soon: another one has to be open by then.
    case closing
    /// The platform tells nothing on this socket: another may be asked for after so many seconds, or when somebody has changed
    /// something.
    case ended(String, after: Int?)
    /// There is nothing that could be acknowledged.
    case refused(HookRefusal)
    /// It means nothing to us.
    case ignored
}
