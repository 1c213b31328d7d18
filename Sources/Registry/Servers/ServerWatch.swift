public import Authority
import Gate
import Synchronization

/// Compares what remote servers list with what is pinned of them: at the start, about once an hour, when a server tells that its
/// tools have changed, and when a person calls one to which nobody else has a credential.
public final class ServerWatch: Sendable {
    /// What became of asking one server.
    public struct Outcome: Sendable, Hashable {
        public let server: String
        /// The tools that nobody may call since.
        public let quarantined: [String]
        /// Why it brought no list; nil where it brought one.
        public let failure: String?
    }

    private struct State {
        /// Servers that this gateway has asked since its start.
        var asked: Set<String> = []
        /// Until when there is nothing to ask with.
        var idle: [String: Timestamp] = [:]
        /// How much earlier than after an hour each is asked, in seconds.
        var early: [String: Int64] = [:]
    }

    private struct Errand {
        let server: RemoteServer
        let lending: Lending
        let item: ServerNews.Item?
    }

    private let desk: ServerDesk
    private let organization: OrganizationID
    private let news: ServerNews
    /// Whether the clock's errands are this gateway's, where several share a store.
    private let leads: @Sendable () async throws -> Bool
    private let jitter: @Sendable () -> Double
    private let started: Timestamp
    private let state = Mutex(State())

    /// - Parameter jitter: from 0 to 1.
    public init(
        desk: ServerDesk, organization: OrganizationID, news: ServerNews,
        leads: @escaping @Sendable () async throws -> Bool,
        jitter: @escaping @Sendable () -> Double = { .random(in: 0..<1) }
    ) {
        self.desk = desk
        self.organization = organization
        self.news = news
        self.leads = leads
        self.jitter = jitter
        started = desk.administration.world.now()
    }

    /// Seconds between two comparisons by the clock; up to a tenth less.
    static let interval: Int64 = 3600
    /// After a failure.
    static let retry: Int64 = 600
    /// A server that tells of changes all the time is asked once in so many seconds.
    static let pause: Int64 = 60
    /// What the clock leaves uncompared for so long, a call has compared.
    static let patience: Int64 = 4500
    private static let atOnce = 8

    /// Asks every server that is due.
    public func sweep() async throws -> [Outcome] {
        let servers = try await desk.servers(in: organization)
        let looks = Dictionary(
            try await desk.looks(in: organization).map { ($0.server, $0) }, uniquingKeysWith: { first, _ in first })
        let leads = servers.isEmpty ? false : try await leads()
        let errands = servers.compactMap { errand(to: $0, looks[$0.name], leads) }
        return await withTaskGroup(of: Outcome?.self) { group in
            var outcomes: [Outcome] = []
            for (number, errand) in errands.enumerated() {
                if number >= ServerWatch.atOnce, let outcome = await group.next() {
                    outcomes += outcome.map { [$0] } ?? []
                }
                group.addTask { await self.run(errand) }
            }
            for await outcome in group { outcomes += outcome.map { [$0] } ?? [] }
            return outcomes.sorted { $0.server < $1.server }
        }
    }

    private func errand(to server: RemoteServer, _ look: ServerLook?, _ leads: Bool) -> Errand? {
        let now = desk.administration.world.now()
        if let item = news.item(of: server.name),
            look.map({ now >= $0.tried.adding(seconds: ServerWatch.pause) }) ?? true
        {
            let due = look?.compared?.adding(seconds: ServerWatch.patience)
            if item.saysToolsChanged || due.map({ now >= $0 }) ?? true {
                return Errand(server: server, lending: lending(to: server, item), item: item)
            }
            news.done(item, of: server.name)
            if let due { news.beQuiet(about: server.name, until: due) }
        }
        return leads && isDue(server, look, now) ? Errand(server: server, lending: .clock, item: nil) : nil
    }

    private func lending(to server: RemoteServer, _ item: ServerNews.Item) -> Lending {
        guard server.needsConnection, let connection = item.connection else { return .clock }
        return .call(item.call, connection)
    }

    private func isDue(_ server: RemoteServer, _ look: ServerLook?, _ now: Timestamp) -> Bool {
        state.withLock { state in
            if let until = state.idle[server.name], now < until { return false }
            guard let look else { return true }
            // At each start, whatever was before.
            if !state.asked.contains(server.name), look.tried < started { return true }
            let early = state.early[server.name] ?? Int64(jitter() * Double(ServerWatch.interval / 10))
            state.early[server.name] = early
            return now
                >= look.tried.adding(seconds: look.failure == nil ? ServerWatch.interval - early : ServerWatch.retry)
        }
    }

    private func run(_ errand: Errand) async -> Outcome? {
        let (name, world) = (errand.server.name, desk.administration.world)
        let outcome = await ask(errand)
        if Task.isCancelled { return nil }
        state.withLock { state in
            state.asked.insert(name)
            state.early[name] = nil
            state.idle[name] = outcome == .nobody ? world.now().adding(seconds: ServerWatch.retry) : nil
        }
        if let item = errand.item { news.done(item, of: name) }
        switch outcome {
        case .nobody: return nil
        case .compared(let quarantined):
            news.beQuiet(about: name, until: world.now().adding(seconds: ServerWatch.patience))
            return Outcome(server: name, quarantined: quarantined, failure: nil)
        case .failed(let reason):
            news.beQuiet(about: name, until: world.now().adding(seconds: ServerWatch.retry))
            return Outcome(server: name, quarantined: [], failure: reason)
        }
    }

    private enum Asked: Sendable, Equatable {
        case compared(quarantined: [String])
        case failed(String)
        /// Nobody lends a credential.
        case nobody
    }

    private func ask(_ errand: Errand) async -> Asked {
        do throws(RegistryError) {
            let before = try await desk.tools(of: errand.server.name, organization)
            guard let pins = try await desk.ask(errand.server, errand.lending) else { return .nobody }
            let callable = Set(before.filter { $0.state == .released }.map(\.name))
            return .compared(
                quarantined: pins.filter { $0.state == .quarantined && callable.contains($0.name) }.map(\.name))
        } catch {
            return .failed(error.message)
        }
    }
}
