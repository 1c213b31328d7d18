import Console
import HTTPTypes
import Hummingbird
import Logging
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
        guard isOurName(request, context) else { return dead(.notFound) }
        let code = context.parameters.get("code") ?? ""
        return await withCurrent(request) { current in
            guard let person = try await desks.browsers.person(of: code) else { return dead(.notFound, current) }
            return html(
                pages.render(
                    LoginView(name: Inert.text(person.name), email: Inert.text(person.email), code: code), in: .nobody),
                .ok)
        }
    }

    private func signIn(_ request: Request, _ context: GatewayContext) async -> Response {
        guard isOurName(request, context), isFromOurPage(request), let form = try? await form(of: request) else {
            return dead(.forbidden)
        }
        return await withCurrent(request) { current in
            do throws(SignInRefusal) {
                let (_, secret) = try await desks.browsers.signIn(
                    with: form["code"] ?? "", browser: request.headers[.userAgent] ?? "unknown",
                    over: current?.session)
                var response = redirect(to: "/approvals")
                response.headers.append(setCookie(secret))
                return response
            } catch {
                switch error {
                case .dead: return dead(.conflict, current)
                case .somebodyElses: return notYours(current)
                case .unavailable(let error): throw error
                }
            }
        }
    }

    /// Answers somebody who may be signed in already.
    private func withCurrent(
        _ request: Request, _ answer: (SignedIn?) async throws -> Response
    ) async -> Response {
        do {
            var current: SignedIn?
            if let secret = cookie(of: request) { current = try await desks.browsers.signedIn(secret) }
            var response = try await answer(current)
            if let next = current?.newSecret, response.headers[.setCookie] == nil {
                response.headers.append(setCookie(next))
            }
            return response
        } catch {
            log.error("signing in failed", metadata: ["error": "\(error)"])
            return html(
                pages.render(
                    MessageView(
                        title: "That doesn't work now", text: "Nothing was done.", wayOut: "Try again in a moment."),
                    in: .nobody), .serviceUnavailable)
        }
    }

    private func notYours(_ current: SignedIn?) -> Response {
        html(
            pages.render(
                MessageView(
                    title: "That link isn't yours",
                    text: "You are signed in as \(Inert.text(current?.person.name ?? "somebody else")).",
                    wayOut: "Sign out first, if you are somebody else.", link: "/browsers"), in: .nobody), .conflict)
    }

    private func dead(_ status: HTTPResponse.Status, _ current: SignedIn? = nil) -> Response {
        let text = "It is unknown, used or older than ten minutes."
        let view =
            if let current {
                MessageView(
                    title: "This link is no longer needed",
                    text: "\(text) You are signed in as \(Inert.text(current.person.name)) already.", link: "/approvals"
                )
            } else {
                MessageView(
                    title: "This link doesn't sign you in", text: text,
                    wayOut: "Ask for a new one: deputy login NAME")
            }
        return html(pages.render(view, in: .nobody), status)
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
