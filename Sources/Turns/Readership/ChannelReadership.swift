import Authority
public import Gate
public import Logging
import Synchronization
import Wire

/// Asks a channel's platform who reads in a place, with the account's own connection: an errand, with its leaf before it. What
/// was said holds for a minute, and until somebody joins or leaves, where the platform tells so. Who is a guest holds for an
/// hour. What isn't said in time, or not wholly, is unknown.
public final class ChannelReadership: Readership {
    struct Place: Hashable {
        let account: ChannelAccountID
        let peer: String
    }

    struct Reader: Hashable {
        let account: ChannelAccountID
        let sender: SenderID
    }

    struct State {
        var known: [Place: (readers: PlaceReaders, until: Timestamp)] = [:]
        var asking: [Place: (number: Int, task: Task<PlaceReaders, Never>)] = [:]
        var standings: [Reader: (isForeign: Bool, until: Timestamp)] = [:]
        /// Until when a platform isn't asked anything.
        var quiet: [ChannelAccountID: Timestamp] = [:]
        var number = 0
    }

    let channels: [any CensusChannel]
    let transport: any ChannelTransport
    let commits: any Commits
    let world: World
    let log: Logger
    let state = Mutex(State())
    private let patience: Duration

    /// Seconds.
    static let fresh: Int64 = 60
    static let standingFresh: Int64 = 3_600
    static let unknownFresh: Int64 = 10
    private static let most = 20_000
    private static let tries = 3

    public init(
        channels: [any CensusChannel], transport: any ChannelTransport, commits: any Commits, world: World,
        log: Logger, patience: Duration = .seconds(8)
    ) {
        self.channels = channels
        self.transport = transport
        self.commits = commits
        self.world = world
        self.log = log
        self.patience = patience
    }

    public func forget(_ peer: String, of account: ChannelAccountID) {
        let place = Place(account: account, peer: peer)
        state.withLock { state in
            state.known[place] = nil
            state.asking[place] = nil
        }
    }

    public func readers(of peer: String, for account: ChannelAccount) async -> PlaceReaders {
        let place = Place(account: account.id, peer: peer)
        for _ in 0..<ChannelReadership.tries {
            let now = world.now()
            let asked = state.withLock { state -> (number: Int, task: Task<PlaceReaders, Never>)? in
                if let known = state.known[place], now < known.until { return nil }
                if let asking = state.asking[place] { return asking }
                state.number += 1
                let asking = (state.number, Task { await self.askInTime(place, account) })
                state.asking[place] = asking
                return asking
            }
            guard let asked else {
                if let known = state.withLock({ $0.known[place] }) { return known.readers }
                continue
            }
            let readers = await asked.task.value
            if keep(readers, of: place, asked.number) { return readers }
        }
        return .unknown("people keep joining and leaving")
    }

    /// - Returns: false when somebody joined or left since it was asked.
    private func keep(_ readers: PlaceReaders, of place: Place, _ number: Int) -> Bool {
        let seconds: Int64 =
            switch readers {
            case .insiders, .outsiders: ChannelReadership.fresh
            case .unknown: ChannelReadership.unknownFresh
            }
        let now = world.now()
        return state.withLock { state in
            if let asking = state.asking[place] {
                guard asking.number == number else { return false }
                state.asking[place] = nil
                if state.known.count >= ChannelReadership.most {
                    state.known = state.known.filter { now < $0.value.until }
                }
                if state.known.count < ChannelReadership.most {
                    state.known[place] = (readers, now.adding(seconds: seconds))
                }
                return true
            }
            // Whoever waited for the same question has kept it; else it was forgotten meanwhile.
            return state.known[place].map { $0.readers == readers && now < $0.until } ?? false
        }
    }

    private func askInTime(_ place: Place, _ account: ChannelAccount) async -> PlaceReaders {
        let readers = await withTaskGroup(of: PlaceReaders.self) { group in
            group.addTask { await self.ask(place, account) }
            group.addTask { [patience] in
                try? await Task.sleep(for: patience)
                return .unknown("the platform takes too long")
            }
            defer { group.cancelAll() }
            return await group.next() ?? .unknown("nobody was asked")
        }
        if case .unknown(let reason) = readers {
            log.warning(
                "who reads in a place isn't known",
                metadata: ["place": "\(place.account)/\(place.peer)", "reason": "\(reason)"])
        }
        return readers
    }

    func isForeign(_ reader: Reader) -> Bool? {
        let now = world.now()
        return state.withLock { state in
            state.standings[reader].flatMap { now < $0.until ? $0.isForeign : nil }
        }
    }

    func note(_ isForeign: Bool, of reader: Reader) {
        let now = world.now()
        state.withLock { state in
            if state.standings.count >= ChannelReadership.most {
                state.standings = state.standings.filter { now < $0.value.until }
                if state.standings.count >= ChannelReadership.most { state.standings = [:] }
            }
            state.standings[reader] = (isForeign, now.adding(seconds: ChannelReadership.standingFresh))
        }
    }
}
