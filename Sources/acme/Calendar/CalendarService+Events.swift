import Foundation

extension CalendarService {
    func list(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        try Self.requireOwn(call, token)
        let query = call.query
        let from = try Self.time(query, "timeMin") ?? .distantPast
        let to = try Self.time(query, "timeMax") ?? .distantFuture
        guard from < to else {
            throw GoogleRules.invalid("The specified time range is empty.", reason: "timeRangeEmpty")
        }
        let words = query["q"]?.lowercased() ?? ""
        let found = world.events.filter { event in
            let text = ["summary", "description", "location"].compactMap { event.body[$0]?.text?.lowercased() }
            return event.end > from && event.start < to && (words.isEmpty || text.contains { $0.contains(words) })
        }
        let (page, next) = Cursor.page(
            found, from: try GoogleRules.offset(query),
            size: try GoogleRules.pageSize(query, fallback: 250, most: 2500))
        let body: JSON = [
            "kind": "calendar#events", "etag": "\"acme1\"", "summary": .string(CalendarWorld.account),
            "updated": .string(RFC3339.text(Date())), "timeZone": "UTC", "accessRole": "owner",
            "defaultReminders": [], "items": .array(page.map(\.body)),
        ]
        return Answer(200, body.with("nextPageToken", next.map(JSON.string)))
    }

    func get(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        try Self.requireOwn(call, token)
        guard let event = world.events.first(where: { $0.id == call.parameters["id"] }) else {
            throw GoogleRules.no(404, "notFound", "Not Found")
        }
        return Answer(200, event.body)
    }

    func insert(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        try Self.requireOwn(call, token)
        let body = try GoogleRules.object(call)
        let start = try CalendarEvent.time(body, "start")
        let end = try CalendarEvent.time(body, "end")
        guard start.isWholeDay == end.isWholeDay else {
            throw GoogleRules.invalid(
                "The start and end times must either both be date or both be dateTime.", reason: "invalid")
        }
        guard start.date <= end.date else {
            throw GoogleRules.invalid("The specified time range is empty.", reason: "timeRangeEmpty")
        }
        let attendees = try CalendarEvent.attendees(body)
        let updates = call.query["sendUpdates"] ?? "none"
        guard ["all", "externalOnly", "none"].contains(updates) else {
            throw GoogleRules.invalid("Invalid value for sendUpdates: \(updates)")
        }
        let id = body["id"]?.text ?? Self.newID()
        guard CalendarEvent.isValid(id: id) else {
            throw GoogleRules.invalid("Invalid resource id value.", reason: "invalid")
        }
        let event = CalendarWorld.Event(
            id: id, body: CalendarEvent.complete(body, id: id, made: Date()), start: start.date, end: end.date)
        let notified = attendees.filter { address in
            updates == "all" || (updates == "externalOnly" && !address.hasSuffix("@acme.test"))
        }
        guard world.add(event, by: token.owner, notified: notified) else {
            throw GoogleRules.no(409, "duplicate", "The requested identifier already exists.")
        }
        return Answer(200, event.body)
    }

    private static func newID() -> String {
        let letters = Array("0123456789abcdefghijklmnopqrstuv")
        return String((0..<26).map { _ in letters[Int.random(in: letters.indices)] })
    }

    private static func time(_ query: Form, _ name: String) throws(Answer) -> Date? {
        guard let text = query[name] else { return nil }
        guard let date = RFC3339.date(text) else { throw GoogleRules.invalid("Bad Request", reason: "badRequest") }
        return date
    }
}
