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
        return await trying(request, context) { current in
            guard let person = try await desks.browsers.person(of: code) else {
                return (dead(.notFound, current), isRight: false)
            }
            let view = LoginView(name: Inert.text(person.name), email: Inert.text(person.email), code: code)
            return (html(pages.render(view, in: .nobody), .ok), isRight: true)
        }
    }

    private func signIn(_ request: Request, _ context: GatewayContext) async -> Response {
        guard isOurName(request, context), isFromOurPage(request) else { return dead(.forbidden) }
        guard let form = try? await form(of: request, upTo: PageServer.longestOfStrangers) else {
            return dead(.forbidden)
        }
        return await trying(request, context) { current in
            do throws(SignInRefusal) {
                let (_, secret) = try await desks.browsers.signIn(
                    with: form["code"] ?? "", browser: request.headers[.userAgent] ?? "unknown",
                    over: current?.session)
                let next = next(keptBy: request)
                var response = redirect(to: next?.text ?? "/approvals")
                response.headers.append(setCookie(secret))
                if next != nil { response.headers.append(forgottenNext) }
                return (response, isRight: true)
            } catch {
                switch error {
                case .dead: return (dead(.conflict, current), isRight: false)
                case .somebodyElses: return (notYours(current), isRight: true)
                case .unavailable(let error): throw error
                }
            }
        }
    }

    /// Answers one try, of somebody who may be signed in already. One in vain is told to wait, where too many were.
    private func trying(
        _ request: Request, _ context: GatewayContext,
        _ answer: (SignedIn?) async throws -> (Response, isRight: Bool)
    ) async -> Response {
        let address = context.source(of: request)
        do {
            var (response, current, isRight) = try await loginTries.look(at: address) {
                var current: SignedIn?
                if let secret = cookie(of: request) { current = try await desks.browsers.signedIn(secret) }
                let (response, isRight) = try await answer(current)
                return (response, current, isRight)
            }
            if !isRight, current == nil, let wait = loginTries.charge(address) { return tooMany(wait) }
            if let next = current?.newSecret, response.headers[.setCookie] == nil {
                response.headers.append(setCookie(next))
            }
            return response
        } catch {
            log.error("signing in failed", metadata: ["error": "\(error)"])
            return message(
                .serviceUnavailable, "That doesn't work now", "Nothing was done.", wayOut: "Try again in a moment.")
        }
    }

    private func tooMany(_ seconds: Int) -> Response {
        refused(
            PageRefusal.tooMany(
                "Links that don't work were tried from your address, one after another.", wait: seconds), nil)
    }

    func message(
        _ status: HTTPResponse.Status, _ title: String, _ text: String, wayOut: String? = nil, link: String? = nil,
        linkName: String = "Go on"
    ) -> Response {
        let view = MessageView(title: title, text: text, wayOut: wayOut, link: link, linkName: linkName)
        return html(pages.render(view, in: .nobody), status)
    }

    private func notYours(_ current: SignedIn?) -> Response {
        message(
            .conflict, "That link isn't yours",
            "You are signed in as \(Inert.text(current?.person.name ?? "somebody else")).",
            wayOut: "Sign out first, if you are somebody else.", link: "/browsers")
    }

    private func dead(_ status: HTTPResponse.Status, _ current: SignedIn? = nil) -> Response {
        let text = "It is unknown, used or older than ten minutes."
        guard let current else {
            return message(
                status, "This link doesn't sign you in", text, wayOut: "Ask for a new one: deputy login NAME")
        }
        return message(
            status, "This link is no longer needed",
            "\(text) You are signed in as \(Inert.text(current.person.name)) already.", link: "/approvals")
    }
}
