public import Authority
import Definition
import Gate
public import OAuth
import Vault
import Wire

/// Connects agents with grants that need no browser: as our app itself, as a service account, or by a device's code.
public struct GrantDesk: Sendable {
    let desk: ConnectionDesk
    let apps: AppDesk
    let errands: any TokenErrands
    let keys: KeyRing
    let world: World
    /// Holds what is offered until somebody has answered.
    let connecting: ConnectDesk

    public init(connecting: ConnectDesk) {
        desk = connecting.connections
        apps = connecting.apps
        errands = connecting.tokens
        keys = connecting.keys
        world = connecting.world
        self.connecting = connecting
    }

    /// Asks for the first tokens, asks whose they are, and keeps the grant.
    ///
    /// - Parameters:
    ///   - new: its owner is an agent: a person's accounts are the person's own to connect.
    ///   - scopes: none for what the provider's tools need.
    public func addOurselves(
        _ new: NewConnection, scopes: [String]
    ) async throws(BrokerError) -> ConnectionRecord {
        let place = try await place(of: new, orRemote: true)
        if place.server.resource != nil { try await connecting.verify(new.provider, new.organization) }
        let app = try await apps.app(at: new.provider, in: new.organization, for: new.owner.agent)
        guard app.authentication != .none else {
            throw BrokerError(
                .refused,
                "`\(new.provider)` knows this home by no secret and no key, so that it isn't anybody there by itself",
                hint: "register an app that has one, then `deputy apps add \(new.provider) --client-id ID`")
        }
        return try await add(.ourselves(scopes: place.scopes(scopes)), new, place, as: app)
    }

    /// - Parameters:
    ///   - subject: whom the account acts as: somebody on the agent's list, and no person.
    ///   - scopes: none for what the provider's tools need.
    ///   - ends: when the key ends, where somebody knows.
    public func add(
        _ account: ServiceAccountKey, as subject: String?, _ new: NewConnection, scopes: [String],
        ends: Timestamp? = nil
    ) async throws(BrokerError) -> ConnectionRecord {
        let place = try await place(of: new)
        var delegated: DelegatedSubject?
        if let subject { delegated = try await allowed(subject, new) }
        return try await add(
            .account(account, as: delegated, scopes: place.scopes(scopes)), new, place,
            as: .nobody(at: new.provider, in: new.organization), ends: ends)
    }

    /// Whom the agent may be: somebody on its own list, and never a person. A refusal is told.
    func allowed(_ subject: String, _ new: NewConnection) async throws(BrokerError) -> DelegatedSubject {
        do throws(DelegatedSubject.Refusal) {
            return try DelegatedSubject(subject, allowed: new.subjects, people: new.people.map(\.email))
        } catch {
            try await desk.tell(
                "connection.refused", new,
                ["because": .string("subject_\(error.rawValue)"), "subject": .string(subject)])
            throw BrokerError(subject, error)
        }
    }

    /// - Parameter earlier: the connection that gets the grant; nil for a new one.
    func add(
        _ grant: OwnGrant, _ new: NewConnection, _ place: GrantPlace, as app: ProviderApp,
        over earlier: ConnectionRecord? = nil, ends: Timestamp? = nil
    ) async throws(BrokerError) -> ConnectionRecord {
        let asked = world.lasting()
        let name: String
        do throws(GrantFault) {
            name = try grant.request(now: asked.seconds, as: app, at: place.server).grant
        } catch {
            throw BrokerError(.invalid, error.message, hint: error.hint)
        }
        try await desk.tell("connection.asked", new, ["grant": .string(name)])
        let answer = try await answer(to: grant, asked, new, place, as: app)
        let account = try await account(of: answer, grant, new, place, app)
        let granted = Granted(
            provider: new.provider, clientID: grant.client(app), answer: answer.withoutRefresh, asked: asked,
            requested: Set(grant.scopes), account: account, own: grant)
        return try await desk.keep(granted, for: new, over: earlier, ends: ends, telling: grant.told)
    }

    private func answer(
        to grant: OwnGrant, _ now: Timestamp, _ new: NewConnection, _ place: GrantPlace, as app: ProviderApp
    ) async throws(BrokerError) -> TokenAnswer {
        do throws(AskingProblem) {
            let asked = try await apps.asking(as: app) { app throws(AskingProblem) in
                let request: TokenRequest
                do throws(GrantFault) {
                    request = try grant.request(now: now.seconds, as: app, at: place.server)
                } catch {
                    throw .fault(error)
                }
                do throws(TokenProblem) {
                    return try await errands.ask(request, at: place.server.token, as: app, in: place.server.dialect)
                } catch {
                    throw .token(error)
                }
            }
            await apps.prove(asked.app)
            return asked.answer
        } catch {
            switch error {
            case .fault(let fault): throw BrokerError(.invalid, fault.message, hint: fault.hint)
            case .token(let problem): throw BrokerError(problem, of: grant, at: new.provider)
            }
        }
    }

    /// Whose the tokens are, as the provider says. Behind an app there need be nobody.
    private func account(
        of answer: TokenAnswer, _ grant: OwnGrant, _ new: NewConnection, _ place: GrantPlace, _ app: ProviderApp
    ) async throws(BrokerError) -> UpstreamAccount {
        switch grant {
        case .ourselves where place.server.resource != nil: return try await remoteAccount(of: answer, new, place, app)
        case .ourselves:
            do throws(BrokerError) {
                return try await desk.account(of: answer, for: new)
            } catch {
                guard error.code == .refused else { throw error }
                return UpstreamAccount(id: "client:\(app.clientID)", email: nil, name: app.clientID, scopes: nil)
            }
        case .account(_, as: let subject, _):
            return try await account(of: answer, new, named: subject?.mail)
        case .asserted(let subject, _): return try await account(of: answer, new, named: subject.mail)
        }
    }

    /// A remote server's authorization server may name the account behind an app, or none: then it is the app itself.
    private func remoteAccount(
        of answer: TokenAnswer, _ new: NewConnection, _ place: GrantPlace, _ app: ProviderApp
    ) async throws(BrokerError) -> UpstreamAccount {
        let service = ConnectService(
            manifest: try await desk.manifest(of: new.provider, in: new.organization), server: place.server, app: app)
        let found = try await desk.account(
            of: answer, for: new, at: service, errands: connecting.remotes.errands, now: world.now())
        guard found.isUnnamed else { return found }
        return UpstreamAccount(id: "client:\(app.clientID)", email: nil, name: app.clientID, scopes: found.scopes)
    }

    private func account(
        of answer: TokenAnswer, _ new: NewConnection, named mail: String?
    ) async throws(BrokerError) -> UpstreamAccount {
        let account = try await desk.account(of: answer, for: new)
        guard let mail, account.email?.lowercased() != mail else { return account }
        throw BrokerError(
            .refused, "`\(new.provider)` says that this is `\(account.shown)`, and it was to be `\(mail)`",
            hint: "name the account by its own address, not by another one that it has")
    }

    /// - Parameters:
    ///   - person: whether the grant is one that a person's connection may have too.
    ///   - remote: whether it is one that remote servers take.
    func place(
        of new: NewConnection, orPersons person: Bool = false, orRemote remote: Bool = false
    ) async throws(BrokerError) -> GrantPlace {
        guard person || !new.owner.isPerson else {
            throw BrokerError(
                .refused, "a person's account is connected by the person",
                hint: "they do it in the browser; `--person` has no other grant")
        }
        let manifest = try await desk.manifest(of: new.provider, in: new.organization)
        guard let server = manifest.oauth else {
            throw BrokerError(
                .invalid, "`\(new.provider)` gives no tokens by OAuth",
                hint: "connect it with a key: `deputy connections add \(new.provider)`")
        }
        guard server.resource == nil || remote else {
            throw BrokerError(
                .invalid, "`\(new.provider)` is a remote server, whose tokens are for it alone and come from a sign-in",
                hint:
                    "connect it in a browser: `deputy connections connect \(new.provider)`, or as our app itself with "
                    + "`--client-credentials`")
        }
        guard server.exchange == nil else {
            throw BrokerError(
                .invalid, "`\(new.provider)` takes tokens that are exchanged for a person's",
                hint: "connect it in a browser: `deputy connections connect \(new.provider)`")
        }
        return GrantPlace(server: server, needed: manifest.allScopes)
    }
}

/// A provider's server, and what its tools need of it.
struct GrantPlace {
    let server: AuthorizationServer
    let needed: Set<String>

    /// - Parameter earlier: the connection that is replaced, which loses nothing where nobody says what is asked for.
    func scopes(_ asked: [String], over earlier: ConnectionRecord? = nil) -> [String] {
        guard asked.isEmpty else { return asked }
        let needed = needed.union(earlier?.kind == ConnectionDesk.grantKind ? earlier?.scopes ?? [] : [])
        return server.scopes + needed.subtracting(server.scopes).sorted()
    }
}

extension OwnGrant {
    func client(_ app: ProviderApp) -> String {
        switch self {
        case .ourselves: app.registration
        case .account(let account, as: _, _): account.email
        case .asserted: app.registration
        }
    }

    /// What the ledger says of it.
    var told: JSONObject {
        switch self {
        case .ourselves: ["grant": .string(kind)]
        case .account(let account, let subject, _):
            [
                "grant": .string(kind), "service_account": .string(account.email),
                "subject": subject.map { .string($0.mail) } ?? .null,
            ]
        case .asserted(let subject, _): ["grant": .string(kind), "subject": .string(subject.mail)]
        }
    }
}

extension ProviderApp {
    /// Nobody: what is asked says by itself who asks.
    static func nobody(at provider: ProviderID, in organization: OrganizationID) -> ProviderApp {
        ProviderApp(
            organization: organization, provider: provider, clientID: "", authentication: .none, secret: nil)
    }
}
