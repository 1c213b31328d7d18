import Authority
public import Gate
import Wire

/// Whom a card was shown to: a button counts on that card alone, for them alone.
public struct CardReader: Sendable {
    private let store: any OutboxStore
    private let payloads: PayloadKeeper
    /// Waits; shorter in tests.
    private let pause: @Sendable () async -> Void

    public init(
        store: any OutboxStore, payloads: PayloadKeeper,
        pause: @escaping @Sendable () async -> Void = { try? await Task.sleep(for: .milliseconds(100)) }
    ) {
        self.store = store
        self.payloads = payloads
        self.pause = pause
    }

    /// A card is known by the channel's id of it only once the channel has said so, a moment after it can be seen.
    private static let looks = 5

    /// Whether the button stands on the card of that approval that whoever pressed was shown. A copy of it is another message.
    public func isTheirs(_ press: ButtonPress) async throws -> Bool {
        for look in 1...CardReader.looks {
            if let entry = try await store.standingCard(press.account, shown: press.shown) {
                guard entry.approval == ApprovalID(press.approval) else { return false }
                let message = try await payloads.open(entry.payload).flatMap(OutboundMessage.init(json:))
                return message?.privately == press.sender
            }
            if look < CardReader.looks { await pause() }
        }
        return false
    }
}
