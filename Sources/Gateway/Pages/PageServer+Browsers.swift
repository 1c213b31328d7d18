import Console
import HTTPTypes
import Hummingbird
import Registry

/// A person's browsers, and signing out of them.
extension PageServer {
    @Sendable func browsers(_ visit: Visit) async throws -> Response {
        let rows = try await desks.browsers.sessions(of: visit.person, in: visit.organization).map { session in
            BrowsersView.Row(
                name: BrowserName.words(session.browser), browser: Inert.text(session.browser),
                since: session.created.shown, seen: session.lastSeen.shown,
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
        var response = message(.ok, "You are signed out", "This browser knows nothing any more.")
        response.headers.append(clearedCookie)
        return response
    }
}
