import Authority
import Broker
import Console
import Gate
import HTTPTypes
import Hummingbird
import Logging
import OpenID
import Registry
import Turns
import Wire

/// Signing in with a provider: the page that lists them, the way there, and the way back.
extension PageServer {
    func addSignIn(to router: Router<GatewayContext>) {
        router.get("/sign-in") { request, context in
            await answering(request, context) { try await listProviders(request) }
        }
        router.get("/sign-in/:name") { request, context in
            await answering(request, context) {
                // Nothing shows yet who may: where too many begin, they begin one after another, and nobody is refused.
                let address = context.source(of: request)
                _ = departures.charge(address)
                return try await departures.look(at: address) {
                    try await depart(request, try await provider(context))
                }
            }
        }
        router.get("/sign-in/:name/callback") { request, context in
            await answering(request, context) {
                try await arrive(request, try await provider(context), from: context.source(of: request))
            }
        }
        router.post("/sign-in/:name/logout") { request, context in
            safe(await hearLogout(request, context))
        }
    }

    /// Answers somebody of whom nothing needs to be known.
    private func answering(
        _ request: Request, _ context: GatewayContext, _ answer: () async throws -> Response
    ) async -> Response {
        guard isOurName(request, context) else {
            return safe(plain(.misdirectedRequest, "this server doesn't go by that host name"))
        }
        do {
            return safe(try await answer())
        } catch let problem as SignInProblem {
            await desks.failures.note(problem.word)
            log.notice("a sign-in failed", metadata: ["reason": "\(problem.word)"])
            return safe(refused(PageRefusal(problem)))
        } catch {
            if !(error is PageRefusal) { log.error("signing in failed", metadata: ["error": "\(error)"]) }
            return safe(refused(error, nil))
        }
    }

    func provider(_ context: GatewayContext) async throws -> SignInProvider {
        let settings = try await desks.signIn.settings()
        guard let provider = context.parameters.get("name").flatMap({ settings.provider($0) }) else {
            throw PageRefusal.notFound
        }
        return provider
    }

    private func listProviders(_ request: Request) async throws -> Response {
        let settings = try await desks.signIn.settings()
        let next = LocalPath(query(request)["next"])
        var parameters = next.map { ["next=\(PercentEncoding.encode($0.text))"] } ?? []
        if let maxAge = try maxAge(request) { parameters.append("max_age=\(maxAge)") }
        let query = parameters.isEmpty ? "" : "?" + parameters.joined(separator: "&")
        let rows = settings.providers.map { provider in
            SignInView.Row(name: provider.name, path: "/sign-in/\(provider.name)" + query)
        }
        var response = html(
            pages.render(SignInView(rows: rows, allowsLinks: settings.allowsLinks), in: .nobody), .ok)
        if settings.allowsLinks, let kept = next.flatMap(keep) { response.headers.append(kept) }
        return response
    }

    /// Only our own pages say it.
    private func maxAge(_ request: Request) throws -> Int64? {
        guard let text = query(request)["max_age"] else { return nil }
        guard let seconds = Int64(text), (0...1 << 32).contains(seconds) else { throw PageRefusal.foreign }
        return seconds
    }

    /// Sends the browser to the provider, with a ticket in a cookie of its own.
    private func depart(_ request: Request, _ provider: SignInProvider) async throws -> Response {
        let query = query(request)
        var linking: String?
        if let proof = query["link"] {
            // Only our own page knows it: nobody else's link sends a person off to link a login.
            let current = try await current(request)
            guard let current, isEqual(proof, linkProof(current)) else { throw PageRefusal.foreign }
            linking = current.session.id.raw
        }
        let begun = try await desks.signIn.begin(
            provider, redirectURI: redirectURI(provider), next: (LocalPath(query["next"]) ?? .home).text,
            maxAge: try maxAge(request), linking: linking)
        var response = redirect(to: begun.url)
        response.headers.append(ticketCookie(begun.ticket))
        return response
    }

    /// Who wasn't sent off from here spends the tries of their address, and nobody else's: whoever was isn't asked for them.
    private func ticket(
        _ request: Request, _ state: String?, _ provider: SignInProvider, _ address: SourceAddress
    ) throws -> ReturnedTicket {
        let ticket: ReturnedTicket
        do throws(SignInProblem) {
            ticket = try desks.signIn.returned(cookie(of: request, named: ticketName), state: state, to: provider)
        } catch {
            if let wait = loginTries.charge(address) { throw PageRefusal.tooManySignIns(wait: wait) }
            throw error
        }
        if let wait = ticketTries.take(of: ticket.digest) { throw PageRefusal.tooManySignIns(wait: wait) }
        return ticket
    }

    private func arrive(
        _ request: Request, _ provider: SignInProvider, from address: SourceAddress
    ) async throws -> Response {
        var query: [String: String] = [:]
        for (name, value) in request.uri.queryParameters {
            guard query.updateValue(String(value), forKey: String(name)) == nil else {
                throw SignInProblem.response(.malformed)
            }
        }
        let done = try await desks.signIn.complete(
            provider, query, try ticket(request, query["state"], provider, address),
            redirectURI: redirectURI(provider))
        let current = try await current(request)
        if let session = done.linking { return try await confirm(done, session, current) }
        do throws(ProvidedSignInRefusal) {
            let (session, secret) = try await desks.browsers.signIn(
                with: ProvidedSignIn(done), in: desks.signIn.organization, logins: desks.logins,
                browser: request.headers[.userAgent] ?? "unknown", over: current?.session)
            await vouch(done.token, session)
            var response = redirect(to: (LocalPath(done.next) ?? .home).text)
            response.headers.append(setCookie(secret))
            response.headers.append(ticketCookie(nil))
            return response
        } catch {
            await desks.failures.note(error.word)
            return refused(PageRefusal(error, provider: provider.name))
        }
    }

    /// Who signed in at a channel's platform is that member there from now on. Nobody is kept out for it.
    private func vouch(_ token: IDToken, _ session: BrowserSession) async {
        do {
            try await desks.senders.vouch(
                for: settings.vouched(token), being: session.person, in: session.organization)
        } catch {
            log.notice("a sender wasn't linked at sign-in", metadata: ["error": "\(error)"])
        }
    }

    /// Who is signed in in this browser already.
    func current(_ request: Request) async throws -> SignedIn? {
        guard let secret = cookie(of: request) else { return nil }
        return try await desks.browsers.signedIn(secret)
    }

    private func redirectURI(_ provider: SignInProvider) -> String {
        settings.publicURL() + "/sign-in/\(provider.name)/callback"
    }
}

extension ProvidedSignIn {
    init(_ done: CompletedSignIn) {
        self.init(
            provided: ProvidedSession(
                provider: done.provider.name,
                login: Login(issuer: done.token.issuer, subject: done.token.subject), session: done.token.session,
                hint: done.hint),
            groups: done.provider.groups?.memberships(done.token) ?? [:],
            spending: SpentOnce(digest: done.digest, until: done.until), unmoved: [done.unmoved])
    }
}
