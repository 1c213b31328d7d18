import Authority
import Broker
import Gate
import OAuth
import OpenID
import Registry
import Storage
import Turns

/// What a database says was taken away from people and agents, and which effects it doesn't know the outcome of. A restored
/// backup from before must neither give back the one nor repeat the other.
struct TakenAway {
    let connections: Set<ConnectionID>
    let people: [PersonID: Standing]
    let agents: [AgentID: Standing]
    let organization: Standing
    /// Who may read payloads.
    let readers: Set<PersonID>
    let calls: [OpenCall]
    let memories: ForgottenMemories
    /// Accounts of channels that are there, with whether each is paused.
    let channels: [ChannelAccountID: Bool]
    /// Who each sender is.
    let senders: [SenderID: PersonID]
    /// Whose each login is.
    let logins: [Login: PersonID]
    /// Of the providers that people sign in with.
    let issuers: Set<String>
    let allowsLinks: Bool
    /// That may ask people for access, with what was taken from each.
    let clients: [OAuthClient]
    /// Whose tokens are exchanged.
    let tokenIssuers: [TokenIssuer]

    /// - Throws: when the ledger doesn't verify: then it may have been changed to tell less.
    init(_ home: Home) async throws {
        let (store, id) = (home.store, home.organization)
        let audit = VaultAudit(
            connections: store, ledger: store, commits: store, keys: home.keys, signing: home.ledger,
            world: SystemWorld.make())
        connections = Set(try await audit.revoked(in: id))
        people = Dictionary(
            uniqueKeysWithValues: try await store.people(in: id).filter { $0.standing != .active }.map {
                ($0.id, $0.standing)
            })
        agents = Dictionary(
            uniqueKeysWithValues: try await store.agents(in: id).filter { $0.standing != .active }.map {
                ($0.id, $0.standing)
            })
        organization = try await store.organization(id)?.standing ?? .active
        logins = Dictionary(
            uniqueKeysWithValues: try await store.logins(in: id).map { ($0.login, $0.person) })
        let signIn = try await SignInSettings(of: store, keys: home.keys)
        issuers = Set(signIn.providers.map(\.issuer.text))
        allowsLinks = signIn.allowsLinks
        clients = try await store.oauthClients(in: id)
        channels = Dictionary(
            uniqueKeysWithValues: try await store.channelAccounts(in: id).map { ($0.account.id, $0.account.isPaused) })
        senders = Dictionary(uniqueKeysWithValues: try await store.senderLinks(in: id).map { ($0.sender, $0.person) })
        tokenIssuers = try await store.tokenIssuers(in: id)
        readers = try await PayloadReaders.read(store, in: id)
        memories = try await ForgottenMemories(store, in: id)
        calls = try await store.openCalls().filter { $0.effect != .read }
    }
}
