import Foundation
import Synchronization

/// Acme's calendars: Dana's with its events, the others' as far as free and busy goes.
final class CalendarWorld: Sendable {
    struct Event: Sendable {
        let id: String
        let body: JSON
        let start: Date
        let end: Date
    }

    static let account = "dana@acme.test"

    private struct State {
        var events: [Event] = []
        var made: [JSON] = []
    }

    private let state = Mutex(State())

    init() {
        for (id, title, start, end) in [
            ("acme0ops0meeting001", "Operations weekly", "2026-11-23T09:00:00Z", "2026-11-23T10:00:00Z"),
            ("acme0bob0first00001", "First week with Bob", "2026-11-24T10:00:00Z", "2026-11-24T10:30:00Z"),
            ("acme0budget00000001", "Budget review with Carol", "2026-11-25T13:00:00Z", "2026-11-25T14:00:00Z"),
        ] {
            let body: JSON = [
                "summary": .string(title), "start": ["dateTime": .string(start), "timeZone": "UTC"],
                "end": ["dateTime": .string(end), "timeZone": "UTC"],
            ]
            guard let from = RFC3339.date(start), let to = RFC3339.date(end) else { continue }
            state.withLock {
                $0.events.append(
                    Event(id: id, body: CalendarEvent.complete(body, id: id, made: from), start: from, end: to))
            }
        }
    }

    /// Other people's time, which everybody in the company may see as busy.
    private static let busy: [String: [(start: String, end: String)]] = [
        "alice@acme.test": [("2026-11-23T13:00:00Z", "2026-11-23T15:00:00Z")],
        "bob@acme.test": [("2026-11-24T10:00:00Z", "2026-11-24T10:30:00Z")],
        "carol@acme.test": [("2026-11-25T13:00:00Z", "2026-11-25T14:00:00Z")],
    ]

    /// By start time.
    var events: [Event] {
        state.withLock { $0.events.sorted { $0.start < $1.start } }
    }

    /// False when the id is taken; then nothing changed.
    func add(_ event: Event, by owner: String, notified: [String]) -> Bool {
        state.withLock { state in
            guard !state.events.contains(where: { $0.id == event.id }) else { return false }
            state.events.append(event)
            state.made.append(["owner": .string(owner), "event": event.body, "notified": .texts(notified)])
            return true
        }
    }

    /// Nil for a calendar that nobody has.
    func busy(_ address: String, from: Date, to: Date) -> [(start: Date, end: Date)]? {
        let all: [(start: Date, end: Date)]
        if address == Self.account || address == "primary" {
            all = events.map { ($0.start, $0.end) }
        } else if let listed = Self.busy[address] {
            all = listed.compactMap { period in
                guard let start = RFC3339.date(period.start), let end = RFC3339.date(period.end) else { return nil }
                return (start, end)
            }
        } else {
            return nil
        }
        return all.filter { $0.start < to && $0.end > from }
    }

    /// What was created since the start, with whom an invitation went to.
    var made: JSON {
        state.withLock { .array($0.made) }
    }
}
