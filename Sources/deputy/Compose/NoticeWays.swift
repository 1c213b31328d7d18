import Authority
import Broker
import Egress
import Gate
import Registry
import Turns

/// The ways out as they are set up now.
struct NoticeWays: NoticeRoutes {
    let desk: NoticeDesk
    let egress: HTTPEgress
    let addresses: AddressPolicy
    let secrets: LiveSecrets
    let world: World
    /// Of people who talk to agents in a channel.
    let channels: ChannelNotifier
    let hasChannels: @Sendable () async throws -> Bool

    /// Nil while no mail server is set.
    func mail() async throws -> MailNotifier? {
        try await desk.settings().mail.map {
            MailNotifier($0, addresses: addresses, limits: EgressLimits(), secrets: secrets)
        }
    }

    func routes() async throws -> [(route: NoticeRoute, notifier: any Notifier)] {
        let settings = try await desk.settings()
        var routes: [(route: NoticeRoute, notifier: any Notifier)] = []
        if try await hasChannels() { routes.append((.channel, channels)) }
        if let mail = try await mail() { routes.append((.mail, mail)) }
        if let webhook = settings.webhook {
            routes.append((.webhook, WebhookNotifier(webhook, egress: egress, now: world.now)))
        }
        return routes
    }
}

/// Whom the registry knows, and at which address.
struct RegistryAddressees: Addressees {
    let store: any RegistryStore

    func address(of person: PersonID, in organization: OrganizationID) async throws -> String? {
        guard let record = try await store.person(person, in: organization) else { return nil }
        switch record.standing {
        case .active: return record.email
        case .suspended, .removed, .expired: return nil
        }
    }
}
