import Broker
import Channels
import Gate
import Gateway
import Turns

extension AdministrationAPI {
    init(
        on ground: Ground, _ brokerage: Brokerage, _ toolbox: Toolbox, _ registered: Registered,
        _ signatures: Signatures, _ connecting: Connecting, _ asking: Asking, _ upkeep: Upkeep, _ signingIn: SigningIn,
        _ channels: ChannelParts, _ talk: Talk
    ) {
        let (home, store, world, publicName) = (ground.home, ground.store, ground.world, ground.publicName)
        let doctor = Doctor(
            home: home, providers: ground.providers, administration: registered.administration, desk: connecting.desk,
            apps: brokerage.apps, world: world, ledger: signatures.ledger, servers: connecting.servers,
            audit: upkeep.audit, signIn: signingIn.desk, oauth: signingIn.oauth, workspaces: ground.workspaces,
            retention: upkeep.retention, mailboxes: channels.mailboxes, refusals: ground.instruments.channels,
            disk: ground.disk, sockets: channels.sockets, clock: ground.clock)
        self.init(
            administration: registered.administration, channels: channels.desk, sockets: channels.sockets,
            census: CensusDesk(
                accounts: store, channels: ServedChannels.censuses,
                transport: ChannelErrands(
                    egress: brokerage.egress, connections: store, providers: ground.providers),
                senders: channels.senders, commits: store, world: world), senders: channels.senders, cards: talk.cards,
            troubles: TroubleDesk(store: store, commits: store, payloads: store, world: world),
            sessions: talk.sessions, schedules: talk.schedules, browsers: signingIn.browsers,
            servers: connecting.servers, signIn: SignInDesks(desk: signingIn.desk, logins: signingIn.logins),
            desk: connecting.desk, apps: brokerage.apps, guide: connecting.guide, health: upkeep.health, uses: store,
            openCalls: store, grants: connecting.grants, revocations: connecting.revocations,
            offboarding: upkeep.offboarding, keys: upkeep.keys, audit: upkeep.audit,
            notices: NoticeDesks(
                desk: asking.noticeDesk, store: store, ways: asking.ways, link: { publicName.link(to: $0, of: $1) },
                changed: { asking.noticeBell.ring() }), workspaces: ground.workspaces, gate: asking.gate,
            shelf: toolbox.shelf, commits: store, ledger: signatures.ledger, organization: home.organization,
            administrator: ground.administrator, world: world, publicURL: { publicName.served },
            address: { publicName.known }, oauth: signingIn.oauth,
            rotateSigningKeys: { try await signingIn.tokenKeys.rotate(by: $0) },
            doctor: { await doctor.examine(ground.settings) },
            status: {
                await Status(home: home, readiness: ground.readiness, registry: ground.instruments.registry).json()
            }, backup: { try await HomeBackup(home: home, keys: upkeep.keys, world: world).write(to: $0, by: $1) })
    }
}
