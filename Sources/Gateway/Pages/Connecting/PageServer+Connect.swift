import Authority
import Broker
import Console
import Definition
import Gate
import HTTPTypes
import Hummingbird
import OAuth
import Registry
import Wire

/// The page of one way to a connection, for the one person whom it is for.
extension PageServer {
    func addConnecting(to router: Router<GatewayContext>) {
        get("/connect/agent/:id", router, connectCard)
        post("/connect/agent/:id", router, openFromCard)
        post("/connections/connect", router, openOwn)
        get("/connect/:id", router, showFlow)
        post("/connect/:id", router, depart)
        post("/connect/:id/answer", router, answerOffer)
        addConnectCallback(to: router)
    }

    @Sendable private func openOwn(_ visit: Visit) async throws -> Response {
        let aim = ConnectAim(
            organization: visit.organization, person: visit.person, owner: .person(visit.person), agent: nil,
            provider: ProviderID(visit.form["provider"] ?? ""))
        guard try await desks.guide.desk.service(for: aim) != nil else {
            throw PageRefusal.notFound
        }
        return redirect(to: try await desks.guide.desk.open(aim).path)
    }

    @Sendable private func showFlow(_ visit: Visit) async throws -> Response {
        let flow = try await flow(visit)
        switch flow.stage(at: settings.now()) {
        case .waiting: return try await begin(flow, visit)
        case .away: return try await begin(flow, visit, isAway: true)
        case .ended(let problem): return try await begin(flow, visit, problem)
        case .arrived:
            let view = MessageView(
                title: "One moment", text: "\(title(of: flow)) is being asked whose account it is.", link: flow.path,
                linkName: "Look again")
            return page(view, visit, place: "connections")
        case .offered(let offer):
            guard offer.session == visit.signedIn.session.id.raw else {
                let elsewhere =
                    offer.isByDevice
                    ? "An account waits for an answer at the terminal that gave a code out."
                    : "An account waits for your answer in the browser in which you began."
                return try await begin(
                    flow, visit,
                    ConnectProblem(
                        .hijacked, elsewhere, hint: "answer there; if you begin again below, that account is given back"
                    ))
            }
            return offered(offer, flow, visit)
        case .kept(let account): return try await kept(account, flow, visit)
        }
    }

    /// The flow that a page names, if it is for whoever asks. That somebody else asks is told.
    func flow(_ visit: Visit) async throws -> ConnectFlow {
        let id = ConnectFlowID(visit.parameter)
        do throws(ConnectError) {
            return try await desks.guide.desk.flow(id, for: visit.connecting)
        } catch {
            if case .refused(let refusal) = error, refusal.isRecorded {
                try await note(refusal, id, visit.signedIn, isAnswer: false)
            }
            throw PageRefusal(error, flow: nil)
        }
    }

    /// One person's tries fill no ledger.
    func note(
        _ refusal: ConnectRefusal, _ id: ConnectFlowID, _ signedIn: SignedIn?, isAnswer: Bool
    ) async throws {
        let session = signedIn?.session
        let visitor = Visitor(
            organization: session?.organization ?? OrganizationID(""), person: session?.person ?? PersonID(""))
        guard strangers.take(of: visitor) == nil else { return }
        try await desks.guide.desk.record(refusal, id, by: session.map(ConnectVisitor.init), isAnswer: isAnswer)
    }

    func begin(
        _ flow: ConnectFlow, _ visit: Visit, _ problem: ConnectProblem? = nil, isAway: Bool = false
    ) async throws -> Response {
        let aim = flow.aim
        guard let service = try await desks.guide.desk.service(for: aim) else {
            throw PageRefusal(
                status: .notFound, title: "\(aim.provider) can't be connected so",
                text: "This home isn't registered there any more.",
                wayOut: "Ask your administrator: deputy apps add \(aim.provider)", link: "/connections")
        }
        let scopes = ConnectDesk.asked(
            of: service.asked(for: aim.owner).server, needing: try await desks.guide.needed(for: aim))
        let current = try await desks.guide.desk.current(aim)
        let title = Inert.text(service.manifest.title)
        let view = ConnectView(
            title: "Connect \(title)", path: flow.path, service: title, purpose: aim.purpose,
            scopes: scopes.sorted().map { Inert.text($0) },
            current: current.map { row in
                ConnectView.Current(
                    id: row.id.raw, account: Inert.text(row.email ?? row.accountName), health: row.health.shown,
                    isChosen: current.count == 1)
            },
            problem: problem.map { $0.sentence(service: title) },
            wayOut: problem?.wayOut, isAway: isAway,
            keyPath: service.server.resource == nil ? aim.keyPath : nil)
        var response = page(view, visit, place: "connections")
        if let name = HTTPField.Name("Content-Security-Policy") {
            // Browsers hold every redirect after a form to it, and providers send people on to places of their own.
            let scheme = service.server.authorization.url.hasPrefix("https://") ? "https:" : "http:"
            response.headers[name] = PageServer.contentPolicy(formsTo: scheme)
        }
        return response
    }

    @Sendable private func depart(_ visit: Visit) async throws -> Response {
        let flow = try await flow(visit)
        let (guide, aim) = (desks.guide, flow.aim)
        guard let service = try await guide.desk.service(for: aim) else {
            throw PageRefusal.notFound
        }
        _ = try await guide.party(of: aim)
        do throws(ConnectError) {
            return redirect(
                to: try await guide.desk.depart(
                    flow, to: service, by: visit.connecting, needing: try await needed(aim),
                    replacing: try await replaced(by: visit, aim), redirectURI: callback(aim.provider)))
        } catch {
            throw PageRefusal(error, flow: flow)
        }
    }

    private func needed(_ aim: ConnectAim) async throws(ConnectError) -> Set<String> {
        do throws(RegistryError) {
            return try await desks.guide.needed(for: aim)
        } catch {
            throw .failed(BrokerError(.unavailable, error.message, hint: error.hint))
        }
    }

    /// What the form says, or the only one that there is.
    private func replaced(by visit: Visit, _ aim: ConnectAim) async throws(ConnectError) -> ConnectionID? {
        switch visit.form["replaces"] {
        case "none": return nil
        case let id?: return ConnectionID(id)
        case nil:
            let current = try await desks.guide.desk.current(aim)
            guard current.count <= 1 else { throw .refused(.changed) }
            return current.first?.id
        }
    }

    /// Of this provider alone, so that an answer of another doesn't fit.
    func callback(_ provider: ProviderID) -> String {
        settings.publicURL() + "/connect/callback/\(PercentEncoding.encode(provider.raw))"
    }

    func title(of flow: ConnectFlow) -> String { Inert.text(desks.guide.desk.title(of: flow.aim.provider)) }
}

extension Visit {
    var connecting: ConnectVisitor { ConnectVisitor(signedIn.session) }
}

extension ConnectVisitor {
    init(_ session: BrowserSession) {
        self.init(organization: session.organization, person: session.person, session: session.id.raw)
    }
}

extension ConnectAim {
    /// Whose account it will be, and for what, in words.
    var purpose: String {
        switch (owner, agent) {
        case (.agent(let agent), _):
            "It becomes the account of \(agent) itself: everybody who may use \(agent) acts through it, and nobody as you."
        case (.organization, _): "It becomes the organization's own, for asking models alone."
        case (.person, let agent?):
            "\(agent) uses this account of yours when you ask it something, and for nobody else."
        case (.person, nil): "Assistants use this account of yours when you ask them something, and for nobody else."
        }
    }

    /// Where a person connects with a key instead.
    var keyPath: String? {
        switch owner {
        case .person: "/connections?provider=\(PercentEncoding.encode(provider.raw))"
        case .agent, .organization: nil
        }
    }
}
