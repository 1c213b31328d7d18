public import Authority
import Gate
import OAuth
public import Wire

/// An account that somebody allowed by a device's code, as whoever gave the code out is shown it.
public struct DeviceOffer: Sendable {
    public let account: OfferedAccount
    public let asked: Set<String>
    public let granted: Set<String>
    /// What was asked for and isn't granted.
    public let missing: Set<String>
    /// What the connection that is replaced may do, and this one may not.
    public let lost: Set<String>
    /// The connection that it takes the place of.
    public let replaces: ConnectionID?
    /// The account which that one had, where this is another.
    public let before: OfferedAccount?
    /// It is the account of the agent's owner.
    public let isOwners: Bool
    public let until: Timestamp
    /// Of all that is shown here: a yes is to that.
    public let shown: Digest

    init(_ offer: ConnectOffer, of flow: ConnectFlow, over earlier: ConnectionRecord?) {
        account = offer.account
        asked = offer.asked
        granted = offer.granted
        missing = offer.missing
        lost = earlier?.scopes.subtracting(offer.granted) ?? []
        replaces = offer.replaces
        before = offer.before
        isOwners = offer.isOwners
        until = offer.until
        shown = offer.shown(of: flow.id)
    }
}

/// What somebody says yes to who keeps an account that a device's code brought. Accounts are named by their address or id.
public struct DeviceYes: Sendable {
    public let account: String
    /// The account whose place it takes, where that is another; nil says no to that.
    public let insteadOf: String?
    /// What they were shown.
    public let shown: Digest

    public init(account: String, insteadOf: String?, shown: Digest) {
        self.account = account
        self.insteadOf = insteadOf
        self.shown = shown
    }
}

extension OfferedAccount {
    /// Whether somebody means this one: by its address, in any case, or by its id.
    public func isCalled(_ name: String) -> Bool { id == name || email?.lowercased() == name.lowercased() }
}

/// Which of an agent's connections a new one takes the place of.
public enum Replaced: Sendable, Hashable {
    /// The one that is there, if there is one.
    case theOnlyOne
    case none
    case one(ConnectionID)
}
