import Authority
import Broker
import Gate
import Gateway
import Registry
import Storage
import Tools

/// What connects accounts and ends them, at providers with a manifest and at remote servers.
struct Connecting {
    let desk: ConnectionDesk
    let revocations: RevocationDesk
    let rotations: RotationDesk
    let servers: ServerDesk
    let watch: ServerWatch
    let news: ServerNews
    let guide: ConnectGuide
    let grants: GrantDesk

    init(
        on ground: Ground, _ brokerage: Brokerage, _ toolbox: Toolbox, _ registered: Registered,
        _ signatures: Signatures
    ) {
        let (home, store, world, providers) = (ground.home, ground.store, ground.world, ground.providers)
        let (egress, wayOut, apps, remotes) = (brokerage.egress, brokerage.wayOut, brokerage.apps, brokerage.remotes)
        let desk = ConnectionDesk(
            store: store, commits: store, errands: egress, keys: home.keys, fingerprints: home.fingerprints,
            providers: providers,
            byHand: { name, organization in
                try? await store.servers(in: organization).first { $0.name == name.raw && $0.isConnectedByHand }?.origin
            }, remotes: remotes, sign: { try? await signatures.checkpointer.signAll() }, world: world)
        self.desk = desk
        revocations = RevocationDesk(
            store: store, commits: store, apps: apps, errands: egress, keys: home.keys, providers: providers,
            remotes: remotes, world: world)
        rotations = RotationDesk(
            store: store, commits: store, apps: apps, connections: desk, errands: wayOut, management: wayOut,
            keys: home.keys, world: world)
        let discovery = RemoteDiscovery(errands: egress, connections: store)
        let authorizations = AuthorizationDiscovery(errands: wayOut, documents: wayOut)
        let news = ServerNews(of: home.organization, now: world.now)
        self.news = news
        let servers = ServerDesk(
            administration: registered.administration, store: store, bundled: toolbox.bundled,
            callable: {
                RemoteTools.callable($0) { news.tell(ServerNews.Item($0), of: $0.server, in: $0.organization) }
            },
            authorization: { server, issuer throws(RegistryError) in
                try await authorizations.authorization(of: server, issuer)
            },
            lend: { server, lending throws(RegistryError) in try await discovery.lend(lending, to: server) },
            discover: { server, lent throws(RegistryError) in try await discovery.discover(server, with: lent) })
        self.servers = servers
        watch = ServerWatch(
            desk: servers, organization: home.organization, news: news, leads: { try await store.leads("servers") })
        guide = ConnectGuide(
            desk: ConnectDesk(
                store: store, commits: store, connections: desk, apps: apps, tokens: egress, keys: home.keys,
                providers: providers, remotes: remotes, credentials: brokerage.credentials,
                verify: { provider, organization throws(BrokerError) in
                    try await servers.verify(provider, in: organization)
                }, world: world), administration: registered.administration, workspaces: ground.workspaces)
        grants = GrantDesk(connecting: guide.desk)
    }
}
