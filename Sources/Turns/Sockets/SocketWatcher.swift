public import Authority
public import Gate
public import Logging

/// Keeps a socket open for each account that is told that way. Each gateway has its own: a platform tells an event to one of
/// them, and the inbox knows it by its id should two be told.
public struct SocketWatcher: Sendable {
    let organization: OrganizationID
    let store: any ChannelAccountStore
    let sockets: any Sockets
    let channels: [any SocketChannel]
    /// What came is stored when it answers, or it says so by its status.
    let take: @Sendable (HookOutcome, ChannelAccountID) async -> HookReply
    let standings: SocketStandings
    let world: World
    /// Waits; shorter in tests.
    let pause: @Sendable (Duration) async -> Void
    /// From 0 to 1: gateways that lost their sockets together don't come back together.
    let jitter: @Sendable () -> Double
    let log: Logger

    public init(
        organization: OrganizationID, store: any ChannelAccountStore, sockets: any Sockets,
        channels: [any SocketChannel], take: @escaping @Sendable (HookOutcome, ChannelAccountID) async -> HookReply,
        standings: SocketStandings, world: World,
        pause: @escaping @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) },
        jitter: @escaping @Sendable () -> Double = { Double.random(in: 0...1) }, log: Logger
    ) {
        self.organization = organization
        self.store = store
        self.sockets = sockets
        self.channels = channels
        self.take = take
        self.standings = standings
        self.world = world
        self.pause = pause
        self.jitter = jitter
        self.log = log
    }

    /// What sockets were opened for. When any of it changes, they end.
    private struct Wanted: Hashable {
        let record: ChannelAccountRecord
        let state: String
    }

    /// Runs until cancelled. What wasn't acknowledged by then is told again.
    public func run() async {
        await AccountWatches(
            pause: pause, wanted: wanted,
            watch: { wanted in
                let id = wanted.record.account.id
                guard let channel = channels.first(where: { $0.traits.kind == id.kind }) else { return nil }
                standings.begin(id, at: world.now())
                return Task { await keep(wanted.record, channel) }
            }, ended: { standings.forget($0) }
        ).run()
    }

    /// Nil when it can't be read: then what is open stays.
    @Sendable private func wanted() async -> [ChannelAccountID: Wanted]? {
        do {
            var wanted: [ChannelAccountID: Wanted] = [:]
            for record in try await store.channelAccounts(in: organization)
            where record.account.delivery == .socket && !record.account.isPaused {
                guard let state = try await sockets.state(of: record) else { continue }
                wanted[record.account.id] = Wanted(record: record, state: state)
            }
            return wanted
        } catch {
            if !Task.isCancelled { log.error("accounts can't be listed", metadata: ["error": "\(error)"]) }
            return nil
        }
    }
}
