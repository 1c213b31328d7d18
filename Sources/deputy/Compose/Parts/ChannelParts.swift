import Broker
import Channels
import Definition
import Gate
import Storage
import Telemetry
import Turns
import Wire

/// The accounts that agents are reached at, and who writes to them.
struct ChannelParts {
    let desk: ChannelDesk
    let senders: SenderDesk
    let sockets = SocketStandings()
    let mailboxes: MailboxStates

    init(on ground: Ground, _ connecting: Connecting) {
        let (store, providers, instruments) = (ground.store, ground.providers, ground.instruments)
        instruments.registry.add { [sockets] in SocketFigures.families(sockets) }
        mailboxes = MailboxStates(count: { instruments.channels.add(1, ["mail", $0.rawValue]) })
        instruments.registry.adding(MailboxFigures(states: mailboxes))
        desk = ChannelDesk(
            store: store, commits: store,
            sealing: VaultChannelSealing(secrets: SigningSecrets(keys: ground.home.keys)), world: ground.world,
            connection: { id, organization in
                try await store.connection(id).flatMap { $0.organization == organization ? $0.use.facts : nil }
            }, app: { try await connecting.desk.app(of: $0, in: $1)?.appID },
            isMailbox: { providers.manifest(of: $0)?.mail?.access.smtp != nil },
            channel: ServedChannels.channel)
        senders = SenderDesk(
            store: store, commits: store, people: RegisteredPeople(store: store),
            bots: { organization in
                try await store.channelAccounts(in: organization).reduce(into: []) { $0.formUnion($1.account.bots) }
            }, world: ground.world)
    }
}
