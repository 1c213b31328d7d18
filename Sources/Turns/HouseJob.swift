/// What one of several gateways that share a store does at a time. Each job by itself is whoever's asks first, and when that
/// gateway is gone, the next one's.
public enum HouseJob: Sendable, Hashable {
    /// Reads a mailbox.
    case mailbox(ChannelAccountID)
    /// Looks whether cards that wait can still be answered by who sees them.
    case cards
    /// Destroys what is over, and forgets what starts nothing.
    case retention

    public var name: String {
        switch self {
        case .mailbox(let account): "mailbox/\(account.organization)/\(account)"
        case .cards: "cards"
        case .retention: "retention"
        }
    }
}
