import Authority
import Broker
import Console
import HTTPTypes
import Hummingbird
import OAuth
import OpenID
import Registry

/// A person's browsers and logins, and signing out.
extension PageServer {
    @Sendable func browsers(_ visit: Visit) async throws -> Response {
        let rows = try await sessions(of: visit).map { session in
            BrowsersView.Row(
                path: "/browsers/\(session.id)", name: BrowserName.words(session.browser),
                browser: Inert.text(session.browser), since: session.created.shown, seen: session.lastSeen.shown,
                way: session.provided.map { "with \($0.provider)" } ?? "by a one-time link",
                isThis: session.id == visit.signedIn.session.id)
        }
        let providers = try await desks.signIn.settings().providers
        let logins = try await desks.logins.logins(in: visit.organization).filter { $0.person == visit.person }
        let proof = linkProof(visit.signedIn)
        let view = BrowsersView(
            rows: rows,
            logins: logins.map { record in
                let issuer = record.login.issuer
                return BrowsersView.LinkedLogin(
                    provider: providers.first { $0.issuer.text == issuer }?.name ?? Inert.text(issuer),
                    issuer: issuer, subject: Inert.text(record.login.subject), subjectValue: record.login.subject,
                    since: record.at.shown)
            },
            providers: providers.map { provider in
                SignInView.Row(name: provider.name, path: "/sign-in/\(provider.name)?link=\(proof)")
            })
        return page(view, visit, place: "browsers", notice: notice(visit.query["done"]))
    }

    private func notice(_ done: String?) -> String? {
        switch done {
        case "linked": "Linked. You can sign in with it from now on."
        case "unlinked": "Unlinked. Browsers that were signed in with it are signed out."
        case "ended": "Signed out there."
        default: nil
        }
    }

    private func sessions(of visit: Visit) async throws -> [BrowserSession] {
        try await desks.browsers.sessions(of: visit.person, in: visit.organization)
    }

    @Sendable func endBrowser(_ visit: Visit) async throws -> Response {
        guard let session = try await sessions(of: visit).first(where: { $0.id.raw == visit.parameter }) else {
            throw PageRefusal.notFound
        }
        try await desks.browsers.signOut(session)
        return redirect(to: "/browsers?done=ended")
    }

    @Sendable func signOut(_ visit: Visit) async throws -> Response {
        try await desks.browsers.signOut(visit.signedIn.session)
        return await signedOutNow(visit)
    }

    @Sendable func signOutEverywhere(_ visit: Visit) async throws -> Response {
        try await desks.browsers.signOutEverywhere(visit.signedIn.session)
        return await signedOutNow(visit)
    }

    /// Whoever came with a provider is still signed in there, and can sign out there too.
    private func signedOutNow(_ visit: Visit) async -> Response {
        var there: String?
        if let provided = visit.signedIn.session.provided {
            there = await desks.signIn.logoutURL(
                of: provided.provider, hint: provided.hint, back: settings.publicURL() + "/sign-in")
        }
        var response = message(
            .ok, "You are signed out", "This browser knows nothing any more.",
            wayOut: there == nil ? nil : "At your provider you are still signed in.", link: there,
            linkName: "Sign out there too")
        response.headers.append(clearedCookie)
        return response
    }
}
