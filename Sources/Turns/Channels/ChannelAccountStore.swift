public import Authority
public import Gate

/// An account of a channel as it is stored.
public struct ChannelAccountRecord: Sendable, Hashable {
    public let account: ChannelAccount
    /// What the platform signs with, as a sealed payload; empty where nothing is signed.
    public let sealed: [UInt8]
    public let created: Timestamp

    public init(account: ChannelAccount, sealed: [UInt8], created: Timestamp) {
        self.account = account
        self.sealed = sealed
        self.created = created
    }
}

/// Accounts of channels, for reading.
public protocol ChannelAccountStore: Sendable {
    func channelAccount(_ id: ChannelAccountID) async throws -> ChannelAccountRecord?
    /// By kind, then name.
    func channelAccounts(in organization: OrganizationID) async throws -> [ChannelAccountRecord]
}

/// What becomes of accounts of channels in the store. Each comes with a bump of the organization's epoch, as calls are judged
/// by what an account allows.
public enum ChannelChange: StoredChange {
    /// Refused as `exists` when there is one already.
    case add(ChannelAccountRecord)
    /// Refused as `exists` when there is none.
    case pause(ChannelAccountID, Bool)
    /// Every one of the organization, and none if it has none.
    case pauseAll(OrganizationID)
    /// Refused as `exists` when there is none.
    case remove(ChannelAccountID)
}

extension ChannelAccountID {
    /// What the account's secret is sealed under, and the row's key. Names are plain, so that no two accounts have one place.
    public var place: String { "channel/\(organization)/\(kind.rawValue)/\(name)" }
}

extension ChannelAccount {
    public func with(isPaused: Bool) -> ChannelAccount {
        ChannelAccount(
            id: id, settings: settings, connection: connection, unknown: unknown,
            matchesDirectory: matchesDirectory, bots: bots, ceiling: ceiling,
            isPaused: isPaused)
    }
}

/// Seals what a platform signs with, and lends it for checking alone.
public protocol ChannelSealing: Sendable {
    /// - Parameter secret: wiped, whatever comes of it.
    func seal(_ secret: inout [UInt8], of account: ChannelAccountID) throws -> [UInt8]
    /// - Throws: when it was sealed for another account, or altered.
    func signing(_ sealed: [UInt8], of account: ChannelAccountID) throws -> any ChannelSigning
}
