import Foundation
import HTTPTypes

/// Google Calendar's REST API for one account, with the user info endpoint of the same host.
struct CalendarService: Service {
    let name = ServiceName.calendar
    let world: CalendarWorld

    static let accounts = [
        Account(
            service: .calendar, owner: "dana",
            scopes: Set(
                ["calendar.readonly", "calendar.events", "calendar.freebusy", "userinfo.email"].map {
                    GoogleRules.scopeRoot + $0
                }), shape: .google)
    ]

    private static func scopes(_ names: String...) -> [String] {
        (["calendar"] + names).map { GoogleRules.scopeRoot + $0 }
    }

    var routes: [Route<Operation>] {
        let reading = Self.scopes("calendar.readonly", "calendar.events", "calendar.events.readonly")
        let events = "/calendar/v3/calendars/{calendar}/events"
        return [
            Route(
                .get, "/calendar/v3/calendars/{calendar}",
                operation("calendar.calendars.get", Self.scopes("calendar.readonly"), calendar)),
            Route(.get, events, operation("calendar.events.list", reading, list)),
            Route(.get, events + "/{id}", operation("calendar.events.get", reading, get)),
            Route(.post, events, operation("calendar.events.insert", Self.scopes("calendar.events"), insert)),
            Route(
                .post, "/calendar/v3/freeBusy",
                operation(
                    "calendar.freebusy.query",
                    Self.scopes("calendar.readonly", "calendar.freebusy", "calendar.events.freebusy"), freeBusy)),
            Route(.get, "/oauth2/v3/userinfo", operation("oauth2.userinfo.get", Self.identity, userInfo)),
        ]
    }

    private static let identity = ["openid", GoogleRules.scopeRoot + "userinfo.email"]

    /// 600 requests per minute and user, whatever the method.
    private func operation(
        _ name: String, _ scopes: [String], _ run: @escaping @Sendable (Call, Token) throws(Answer) -> Answer
    ) -> Operation {
        Operation(name: name, scopes: scopes, limit: Limit(burst: 600, perSecond: 10, shared: "all"), run: run)
    }

    func refuse(_ refusal: Refusal) -> Answer {
        GoogleRules.refuse(refusal, api: "calendar-json")
    }

    private func userInfo(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        Answer(200, GoogleRules.userInfo(OAuthAccount(owner: token.owner)))
    }

    private func calendar(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        try Self.requireOwn(call, token)
        return Answer(
            200,
            [
                "kind": "calendar#calendar", "etag": "\"acme1\"", "id": .string(CalendarWorld.account),
                "summary": .string(CalendarWorld.account), "timeZone": "UTC",
                "conferenceProperties": ["allowedConferenceSolutionTypes": ["hangoutsMeet"]],
            ])
    }

    /// Others' calendars are shared as free and busy only: their events are not there for us.
    static func requireOwn(_ call: Call, _ token: Token) throws(Answer) {
        guard GmailWorld.address(of: token.owner) == CalendarWorld.account else {
            throw GoogleRules.no(403, "notACalendarUser", "The user must be signed up for Google Calendar.")
        }
        let id = call.parameters["calendar"]?.lowercased()
        guard id == "primary" || id == CalendarWorld.account else {
            throw GoogleRules.no(404, "notFound", "Not Found")
        }
    }
}
