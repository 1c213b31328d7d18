import Authority
import Broker
import Egress
import Gate
import Gateway
import Logging
import Registry
import Storage
import Turns

/// What looks after connections, keys and what is kept, and what ends a person's part in it.
struct Upkeep {
    let health: HealthDesk
    let audit: VaultAudit
    let keys: KeyDesk
    let offboarding: OffboardingDesk
    let retention: RetentionDesk
    let recovery: Recovery

    init(
        on ground: Ground, _ brokerage: Brokerage, _ registered: Registered, _ connecting: Connecting, _ asking: Asking
    ) {
        let (home, store, world) = (ground.home, ground.store, ground.world)
        let (administration, servers) = (registered.administration, connecting.servers)
        health = HealthDesk(
            store: store, commits: store, connections: connecting.desk, keeper: brokerage.keeper,
            organization: home.organization,
            settings: HealthSettings(
                person: { owner in
                    switch owner {
                    case .person(let person): person
                    case .agent(let agent):
                        try? await administration.agent(agent, in: home.organization).definition.owner
                    case .organization: nil
                    }
                },
                webhook: {
                    try await asking.noticeDesk.settings().webhook.map {
                        WebhookNotifier($0, egress: brokerage.egress, now: world.now)
                    }
                }, link: { [publicName = ground.publicName] in publicName.value + "/connections" },
                told: { asking.noticeBell.ring() },
                changed: {
                    try await servers.moved(in: home.organization).map {
                        ChangedServer(
                            server: $0.server, tools: $0.tools.count,
                            isAuthorizationChanged: $0.isAuthorizationChanged, new: Set($0.new), keepers: $0.keepers)
                    }
                }), world: world)
        audit = VaultAudit(
            connections: store, ledger: store, commits: store, keys: home.keys, signing: home.ledger, world: world)
        keys = KeyDesk(
            rows: store, commits: store, keys: home.keys, holders: store.isShared ? store : nil, connections: store,
            world: world)
        offboarding = OffboardingDesk(
            administration: administration, leaving: LeavingDesk(store: store, connections: connecting.desk),
            revocations: connecting.revocations, store: store, organization: home.organization, world: world,
            remotes: {
                try await store.servers(in: home.organization).map { ProviderID($0.name) }
            }, told: { asking.noticeBell.ring() })
        retention = RetentionDesk(
            store: store, payloads: ground.payloads,
            retention: {
                let keeping = try await administration.transcriptKeeping(in: $0)
                return Retention(days: keeping.days, agents: keeping.agents)
            }, world: world)
        recovery = Recovery(commits: store, calls: store, world: world, log: ground.log)
    }

    /// Puts connections whose record was never signed out of use.
    func distrustUnsigned(on ground: Ground) async throws {
        // Tenths of a second. A gateway that lives signs within one.
        var waits = ground.store.isShared ? 50 : 0
        let distrusted = try await audit.distrustUnsigned(in: ground.home.organization) {
            guard waits > 0 else { return false }
            waits -= 1
            return (try? await Task.sleep(for: .milliseconds(100))) != nil
        }
        for id in distrusted {
            ground.log.warning(
                "connection is out of use: its record was never signed", metadata: ["connection": "\(id)"])
        }
    }
}
