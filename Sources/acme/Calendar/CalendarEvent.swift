import Foundation

/// RFC 3339 times as Calendar takes and gives them.
enum RFC3339 {
    static func date(_ text: String) -> Date? {
        if let date = try? Date(text, strategy: .iso8601) { return date }
        return try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    static func text(_ date: Date) -> String {
        date.formatted(.iso8601)
    }
}

/// An event resource: what the client gave, made whole.
enum CalendarEvent {
    static func complete(_ given: JSON, id: String, made: Date) -> JSON {
        let time = RFC3339.text(made)
        let me: JSON = ["email": .string(CalendarWorld.account), "self": true]
        var event: JSON = [
            "kind": "calendar#event", "etag": .string("\"\(Int(made.timeIntervalSince1970 * 1000))\""),
            "id": .string(id), "status": "confirmed",
            "htmlLink": .string("https://www.google.com/calendar/event?eid=\(id)"), "created": .string(time),
            "updated": .string(time), "creator": me, "organizer": me, "iCalUID": .string("\(id)@google.com"),
            "sequence": 0, "reminders": ["useDefault": true], "eventType": "default",
        ]
        for name in ["summary", "description", "location", "start", "end", "transparency", "visibility", "recurrence"] {
            event = event.with(name, given[name])
        }
        guard let attendees = given["attendees"]?.items, !attendees.isEmpty else { return event }
        return event.with("attendees", .array(attendees.map { $0.with("responseStatus", "needsAction") }))
    }

    /// Start or end: a `dateTime`, or a `date` for whole days.
    static func time(_ body: JSON, _ name: String) throws(Answer) -> (date: Date, isWholeDay: Bool) {
        guard let given = body[name] else { throw GoogleRules.invalid("Missing \(name) time.", reason: "required") }
        if let text = given["dateTime"]?.text {
            if let date = RFC3339.date(text) { return (date, false) }
            guard given["timeZone"]?.text != nil, let date = RFC3339.date(text + "Z") else {
                throw GoogleRules.invalid("Missing time zone definition for \(name) time.", reason: "required")
            }
            return (date, false)
        }
        guard let day = given["date"]?.text, let date = RFC3339.date(day + "T00:00:00Z") else {
            throw GoogleRules.invalid("Missing \(name) time.", reason: "required")
        }
        return (date, true)
    }

    static func attendees(_ body: JSON) throws(Answer) -> [String] {
        var addresses: [String] = []
        for attendee in body["attendees"]?.items ?? [] {
            guard let email = attendee["email"]?.text, email.contains("@") else {
                throw GoogleRules.invalid("Invalid attendee email.", reason: "invalid")
            }
            addresses.append(email.lowercased())
        }
        return addresses
    }

    /// Ids that a client may choose: base32hex in lower case, 5 to 1024 characters.
    static func isValid(id: String) -> Bool {
        (5...1024).contains(id.utf8.count)
            && id.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x76).contains($0) }
    }
}
