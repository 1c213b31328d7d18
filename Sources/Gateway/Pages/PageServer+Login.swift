import Console
import HTTPTypes
import Hummingbird
import Registry
import Wire

extension PageServer {
    /// The page behind a one-time link and the button on it. Whatever fetches the link (a mail scanner, a preview) finds a
    /// page and takes nothing.
    func addLogin(to router: Router<GatewayContext>) {
        router.get("/login/:code") { request, context in
            safe(await showLogin(request, context))
        }
        router.post("/login") { request, context in
            safe(await signIn(request, context))
        }
    }

    private func showLogin(_ request: Request, _ context: GatewayContext) async -> Response {
        let code = context.parameters.get("code") ?? ""
        guard isOurName(request, context), let person = try? await desks.browsers.person(of: code) else {
            return dead(.notFound)
        }
        return html(
            pages.render(
                LoginView(name: Inert.text(person.name), email: Inert.text(person.email), code: code), in: .nobody), .ok
        )
    }

    private func signIn(_ request: Request, _ context: GatewayContext) async -> Response {
        do {
            guard isOurName(request, context), isFromOurPage(request) else { throw PageRefusal.foreign }
            let code = try await form(of: request)["code"] ?? ""
            // Somebody else's link doesn't take over a browser that is signed in.
            if let secret = cookie(of: request), let other = try await desks.browsers.signedIn(secret),
                try await desks.browsers.person(of: code)?.id != other.session.person
            {
                return html(
                    pages.render(
                        MessageView(
                            title: "That link isn't yours", text: "You are signed in as \(other.person.name).",
                            wayOut: "Sign out first, if you are somebody else.", link: "/browsers"), in: .nobody),
                    .conflict)
            }
            let (_, secret) = try await desks.browsers.signIn(
                with: code, browser: request.headers[.userAgent] ?? "unknown")
            var response = redirect(to: "/approvals")
            response.headers.append(setCookie(secret))
            return response
        } catch is PageRefusal {
            return dead(.forbidden)
        } catch {
            return dead(.conflict)
        }
    }

    private func dead(_ status: HTTPResponse.Status) -> Response {
        html(
            pages.render(
                MessageView(
                    title: "This link doesn't sign you in", text: "It is unknown, used or older than ten minutes.",
                    wayOut: "Ask for a new one: deputy login NAME"), in: .nobody), status)
    }

    @Sendable func browsers(_ visit: Visit) async throws -> Response {
        let rows = try await desks.browsers.sessions(of: visit.person, in: visit.organization).map { session in
            BrowsersView.Row(
                browser: Inert.text(session.browser), since: session.created.shown, seen: session.lastSeen.shown,
                isThis: session.id == visit.signedIn.session.id)
        }
        return page(BrowsersView(rows: rows), visit, place: "browsers")
    }

    @Sendable func signOut(_ visit: Visit) async throws -> Response {
        try await desks.browsers.signOut(visit.signedIn.session)
        return signedOutNow()
    }

    @Sendable func signOutEverywhere(_ visit: Visit) async throws -> Response {
        try await desks.browsers.signOutEverywhere(visit.signedIn.session)
        return signedOutNow()
    }

    private func signedOutNow() -> Response {
        var response = html(
            pages.render(
                MessageView(title: "You are signed out", text: "This browser knows nothing any more."), in: .nobody),
            .ok)
        response.headers.append(clearedCookie)
        return response
    }
}
