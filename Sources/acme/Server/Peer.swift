import Hummingbird
import NIOCore

/// The socket a request came on.
struct Peer: InitializableFromSource {
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        channel = source.channel
    }

    var port: Int? {
        channel.remoteAddress?.port
    }

    /// Ends the connection without a word, as a crash between the two sides would.
    func hangUp() async {
        try? await channel.close()
    }
}
