import Authority
import Gate
import Synchronization

/// What the test itself knows: whose every secret is, and what every owner had at every moment.
final class MatrixTable: Sendable {
    /// Whose accounts, and where.
    struct Holder: Sendable, Hashable {
        let owner: Owner
        let provider: ProviderID
    }

    struct Account: Sendable, Hashable {
        let connection: ConnectionID
        let name: String
        var health = ConnectionHealth.healthy
    }

    /// What an owner has at one provider.
    struct Held: Sendable, Hashable {
        var accounts: [Account] = []
        var chosen: [AgentID: Account] = [:]

        var live: [Account] { accounts.filter { $0.health != .revoked } }

        /// The account that a call has to use; nil where somebody has to connect or to choose first.
        func account(for agent: AgentID) -> String? {
            if let chosen = chosen[agent] {
                return live.first { $0.connection == chosen.connection && $0.health == .healthy }?.name
            }
            guard Set(live.map(\.name)).count == 1, let healthy = live.first(where: { $0.health == .healthy }) else {
                return nil
            }
            return live.count { $0.health == .healthy } == 1 ? healthy.name : nil
        }
    }

    /// From when on it may have been so, and until when it may still have been.
    private struct Version {
        let held: Held
        let begins: Int
        var ends = Int.max
    }

    struct Secret: Sendable {
        let holder: Holder
        let account: String
    }

    private let versions = Mutex<[Holder: [Version]]>([:])
    private let secrets = Mutex<[String: Secret]>([:])
    private let clock = Atomic(0)

    /// A moment, later than every one before.
    func tick() -> Int { clock.wrappingAdd(1, ordering: .sequentiallyConsistent).newValue }

    func now(_ holder: Holder) -> Held { versions.withLock { $0[holder]?.last?.held } ?? Held() }

    func secret(_ text: String) -> Secret? { secrets.withLock { $0[text] } }

    /// A secret that nobody else has.
    func newSecret(of account: String, _ holder: Holder) -> String {
        secrets.withLock { secrets in
            let text = "secret-\(secrets.count)-of-\(account)"
            secrets[text] = Secret(holder: holder, account: account)
            return text
        }
    }

    /// Changes what an owner has: meanwhile both may be so.
    func change(_ holder: Holder, _ body: (inout Held) async throws -> Void) async throws {
        let begins = tick()
        var held = now(holder)
        try await body(&held)
        let ends = tick()
        versions.withLock { [held] versions in
            var known = versions[holder] ?? [Version(held: Held(), begins: 0)]
            known[known.count - 1].ends = ends
            known.append(Version(held: held, begins: begins))
            versions[holder] = known
        }
    }

    /// Everything that may have been so at some moment between these two.
    func held(_ holder: Holder, from start: Int, to end: Int) -> [Held] {
        let known = versions.withLock { $0[holder] } ?? [Version(held: Held(), begins: 0)]
        return known.filter { $0.begins <= end && $0.ends >= start }.map(\.held)
    }
}
