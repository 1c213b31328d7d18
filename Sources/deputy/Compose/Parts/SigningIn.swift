import Broker
import Egress
import Gate
import Registry

/// How people and their clients come in.
struct SigningIn {
    let desk: SignInDesk
    let browsers: BrowserDesk
    let logins: LoginDesk
    let failures: FailedSignIns
    let tokenKeys: SigningKeys
    let oauth: OAuthDesk

    init(on ground: Ground, _ brokerage: Brokerage, _ registered: Registered) {
        let (home, store, world, egress) = (ground.home, ground.store, ground.world, brokerage.egress)
        let administration = registered.administration
        let desk = SignInDesk(
            store: store, keys: home.keys, errands: egress, organization: home.organization, world: world)
        self.desk = desk
        browsers = BrowserDesk(
            administration: administration, browsers: store, allowsLinks: { try await desk.settings().allowsLinks })
        logins = LoginDesk(administration: administration, store: store)
        failures = FailedSignIns(administration: administration, organization: home.organization)
        let tokenKeys = SigningKeys(store: store, keys: home.keys, organization: home.organization, world: world)
        self.tokenKeys = tokenKeys
        oauth = OAuthDesk(
            administration: administration, store: store, exchanges: store,
            documents: ClientDocuments(allowsLoopback: ground.settings.allowsLoopback, now: world.now) { address in
                let answer = try await egress.document(
                    at: address.origin, path: address.path, query: address.query, most: ClientDocument.mostBytes)
                return FetchedDocument(
                    status: answer.status, mediaType: answer.header("content-type") ?? "", body: answer.body,
                    cacheControl: answer.header("cache-control") ?? "")
            },
            issuerKeys: IssuerKeys(now: world.now) { origin, target throws(UpstreamFailure) in
                try await egress.document(at: origin, target)
            },
            settings: OAuthSettings(
                issuer: { [publicName = ground.publicName] in publicName.value }, home: home.organization,
                allowsRegistration: ground.settings.allowsRegistration),
            sign: { try await tokenKeys.sign($0) })
    }
}
