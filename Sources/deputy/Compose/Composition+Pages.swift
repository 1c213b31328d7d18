import Authority
import Channels
import Definition
import Gate
import Gateway
import OpenID
import Registry
import Storage
import Telemetry
import Turns

extension Composition {
    func pages() throws -> PageServer {
        let (ground, organization) = (ground, home.organization)
        return try PageServer(
            desks: PageDesks(
                approvals: ApprovalDesk(gate: gate), unknown: asking.unknown, browsers: signingIn.browsers,
                agreements: AgreementDesk(administration: registered.administration), connections: connecting.desk,
                administration: registered.administration, servers: connecting.servers,
                payloads: PayloadDesk(administration: registered.administration, gate: gate), ledger: home.store,
                signIn: signingIn.desk,
                logins: signingIn.logins, failures: signingIn.failures, oauth: signingIn.oauth, guide: connecting.guide,
                talk: talk.desk,
                mayUse: { [gate] in await gate.mayUse($0, $1, in: $2) }, senders: channels.senders,
                workspaces: ground.workspaces, memory: toolbox.memory,
                schedules: talk.schedules),
            settings: PageSettings(
                publicURL: { ground.publicName.value },
                providers: {
                    let remote = try? await ground.store.servers(in: organization).filter(\.isConnectedByHand)
                    // A model's server has no tools, and its key is never a person's.
                    let known = ground.providers.all.filter { !$0.tools.isEmpty }
                    return known.map(\.provider) + (remote ?? []).map { ProviderID($0.name) }
                }, now: world.now,
                vouched: { token in
                    let slack = ground.providers.manifest(of: ProviderID("slack"))?.origin ?? SlackSignIn.issuer
                    guard token.issuer == slack else { return [] }
                    return SlackSignIn.senders(
                        token.claims, known: try await ground.store.channelAccounts(in: organization).map(\.account))
                }, refusedFile: { ground.instruments.channels.add(1, ["web", $0.rawValue]) }),
            log: log)
    }
}
