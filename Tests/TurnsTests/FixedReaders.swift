import Authority
import Turns

/// The same readers everywhere.
struct FixedReaders: Readership {
    private let who: PlaceReaders

    init(_ who: PlaceReaders = .insiders) {
        self.who = who
    }

    func readers(of peer: String, for account: ChannelAccount) async -> PlaceReaders { who }

    func forget(_ peer: String, of account: ChannelAccountID) {}
}
