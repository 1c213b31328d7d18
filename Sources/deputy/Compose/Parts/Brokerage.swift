import Broker
import Definition
import Egress
import Gate
import Registry
import Storage
import Wire

/// What gets tokens, keeps them, and lends a connection's credential to the one request that was permitted.
struct Brokerage {
    /// Of what asks for tokens, and so has no connection's credential to send.
    let wayOut: HTTPEgress
    let egress: HTTPEgress
    let remotes: RemoteServices
    let apps: AppDesk
    let keeper: TokenKeeper
    let credentials: SealedCredentials

    init(on ground: Ground) {
        let (home, store, providers) = (ground.home, ground.store, ground.providers)
        wayOut = HTTPEgress(
            credentials: NoCredentials(), addresses: ground.addresses, limits: EgressLimits(), secrets: ground.secrets,
            userAgent: "deputy/\(Version.text)", instruments: ground.instruments.upstream, clock: ground.clock,
            turns: AccountTurns(
                Dictionary(
                    providers.all.compactMap { manifest in manifest.atOnce.map { (manifest.provider, $0) } },
                    uniquingKeysWith: min)), log: ground.log)
        remotes = RemoteServices(
            of: store, knownAt: ground.publicName, allowsLoopback: ground.settings.allowsLoopback, errands: wayOut)
        apps = AppDesk(
            store: store, commits: store, keys: home.keys, providers: providers, remotes: remotes, world: ground.world)
        keeper = TokenKeeper(
            store: store, commits: store, errands: wayOut, accounts: wayOut, keys: home.keys,
            fingerprints: home.fingerprints, apps: apps, providers: providers, remotes: remotes, world: ground.world,
            people: {
                try await store.people(in: $0).map {
                    PersonClaim(person: $0.id, email: $0.email, subjects: $0.subjects)
                }
            },
            subjects: {
                let names = try await store.agent($1, in: $0)?.definition["subjects"]?.arrayValue ?? []
                return Set(names.compactMap(\.stringValue))
            }, leases: store.isShared ? store : nil, log: ground.log)
        credentials = SealedCredentials(
            store: store, commits: store, keys: home.keys, fingerprints: home.fingerprints, providers: providers,
            tokens: keeper, exchanges: TokenExchanger(keeper: keeper))
        egress = wayOut.lending(credentials)
    }
}
