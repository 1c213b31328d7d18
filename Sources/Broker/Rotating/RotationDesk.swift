import Authority
public import Gate
import OAuth
public import Vault
import Wire

/// Has keys of our apps and of service accounts replaced at their providers, where somebody said so. Each step is written down before its request, and
/// what came of it after: whoever comes next goes on from there. The key before stays until the provider has given a token
/// to the new one.
public struct RotationDesk: Sendable {
    let store: any AppStore & HealthStore
    let commits: any Commits
    let apps: AppDesk
    let connections: ConnectionDesk
    let errands: any TokenErrands
    let management: any KeyErrands
    let keys: KeyRing
    let world: World

    public init(
        store: any AppStore & HealthStore, commits: any Commits, apps: AppDesk, connections: ConnectionDesk,
        errands: any TokenErrands, management: any KeyErrands, keys: KeyRing, world: World
    ) {
        self.store = store
        self.commits = commits
        self.apps = apps
        self.connections = connections
        self.errands = errands
        self.management = management
        self.keys = keys
        self.world = world
    }

    private static let round = 20
    /// While one is under way nobody else goes on with it: longer than two errands last.
    static let claimSeconds: Int64 = 120

    /// Goes on with those whose time has come, each as far as it goes now.
    public func sweep() async throws {
        for due in try await store.rotationsDue(by: world.now(), limit: RotationDesk.round) {
            var rotation: KeyRotation? = due
            while let going = rotation, !Task.isCancelled { rotation = await advance(going) }
        }
    }

    /// - Returns: what is to go on at once.
    private func advance(_ rotation: KeyRotation) async -> KeyRotation? {
        var claimed = rotation
        claimed.attempts += 1
        claimed.due = world.now().adding(seconds: RotationDesk.claimSeconds)
        claimed.version += 1
        if claimed.step == .resting { claimed.step = .removing }
        do {
            // The journal: which step is tried, before anything is asked.
            try await commits.commit(Transaction(changes: [RotationChange.step(claimed)]))
        } catch {
            // Somebody else is at it, or nothing can be written.
            return nil
        }
        do throws(RotationStop) {
            return try await step(claimed)
        } catch {
            await postpone(claimed, error)
            return nil
        }
    }

    private func step(_ rotation: KeyRotation) async throws(RotationStop) -> KeyRotation? {
        let now = try await holder(of: rotation)
        return switch rotation.step {
        case .waiting: try await make(rotation, now)
        case .adding: try await add(rotation, now)
        case .proving: try await prove(rotation, now)
        case .resting, .removing: try await remove(rotation, now)
        case .ending: try await end(rotation, now)
        }
    }

    private func holder(of rotation: KeyRotation) async throws(RotationStop) -> any RotationHolder {
        do throws(BrokerError) {
            switch rotation.subject {
            case .app: return try await apps.holder(of: rotation)
            case .key(let id): return try await connections.holder(of: rotation, id)
            case .connection, .provider, .server, .newTools: throw .crossed
            }
        } catch {
            throw error.code == .unavailable ? .later(nil) : .problem(RotationStop.notOurs)
        }
    }

    private func postpone(_ rotation: KeyRotation, _ stop: RotationStop) async {
        var next = rotation
        next.version += 1
        let wait: Int64
        switch stop {
        case .elsewhere: return
        case .later(let asked):
            wait = max(Int64(asked ?? 0), min(3_600, 5 << min(rotation.attempts, 10)))
        case .problem(let code):
            wait = min(86_400, 300 << min(rotation.attempts, 9))
            next.problem = code
        }
        next.due = world.now().adding(seconds: wait)
        var fields: JSONObject = ["step": .string(rotation.step.rawValue)]
        fields["code"] = next.problem.map { .string($0) }
        // What is tried again for the same reason is no news.
        let isNews = next.problem != rotation.problem
        try? await commits.commit(
            Transaction(
                changes: [RotationChange.step(next)],
                leaves: isNews ? leaf("stuck", next, fields).map { [$0] } ?? [] : []))
    }
}

/// Why a step ends here.
enum RotationStop: Error {
    /// Somebody else went on with it.
    case elsewhere
    /// It may be better soon; the seconds that the provider asked to wait.
    case later(Int?)
    /// By its name.
    case problem(String)

    /// The app isn't one whose keys can go round any more.
    static let notOurs = "app_changed"
    /// The provider doesn't take the new key, long after it was told of it.
    static let newRefused = "new_key_refused"
    /// It doesn't take the one that is used, so nothing can be proven.
    static let oldRefused = "key_refused"
    /// The key before is still known there, and what it is called isn't known here.
    static let oldLeft = "old_key_left"
}
