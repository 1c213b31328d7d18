import Authority
import Foundation
import Wire

/// Reads a list of schedules, strictly, and collects what is wrong.
struct ScheduleReading {
    private(set) var problems: [DefinitionProblem] = []
    private var names: Set<String> = []

    /// Characters.
    static let longestMessage = 4_000

    private mutating func problem(_ place: String, _ message: String, hint: String? = nil) {
        problems.append(DefinitionProblem(place: place, message: message, hint: hint))
    }

    mutating func schedule(_ value: JSON, at place: String) -> Schedule? {
        guard let object = value.objectValue else {
            problem(place, "a schedule must be an object")
            return nil
        }
        checkKeys(object, of: .schedule, "a schedule", at: place)
        let count = problems.count
        let name = name(object, at: place)
        let zone = zone(object, at: place)
        let timing = timing(object, at: place)
        let message = message(object, at: place)
        let session = text(object, "session", at: place)
        if let session { check(session, "a conversation", at: "\(place).session") }
        let missed = missed(object, at: place)
        let deliver = deliver(object["deliver"], at: "\(place).deliver")
        guard problems.count == count, let timing else { return nil }
        return Schedule(
            name: name, timing: timing, zone: zone, message: message, session: session, deliver: deliver, missed: missed
        )
    }

    private mutating func checkKeys(
        _ object: JSONObject, of kind: DefinitionKeys.Place, _ what: String, at place: String
    ) {
        let known = DefinitionKeys.names(of: kind)
        for key in object.keys where !known.contains(key) {
            problem(
                "\(place).\(key)", "unknown key `\(key)` in \(what)",
                hint: suggestion(for: key, among: known) ?? "known keys: " + known.quoted)
        }
    }

    private mutating func text(_ object: JSONObject, _ key: String, at place: String, isRequired: Bool = false)
        -> String?
    {
        guard let value = object[key] else {
            if isRequired { problem(place, "a schedule lacks `\(key)`") }
            return nil
        }
        if let text = value.stringValue, !text.isEmpty { return text }
        problem("\(place).\(key)", "`\(key)` must be a text")
        return nil
    }

    private mutating func check(_ name: String, _ what: String, at place: String) {
        do throws(PlainNameProblem) {
            try PlainName.check(name, of: what)
        } catch {
            problem(place, error.message, hint: error.hint)
        }
    }

    private mutating func name(_ object: JSONObject, at place: String) -> String {
        guard let name = text(object, "id", at: place, isRequired: true) else { return "" }
        check(name, "a schedule", at: "\(place).id")
        if !names.insert(name).inserted { problem("\(place).id", "two schedules are called `\(name)`") }
        return name
    }

    private mutating func zone(_ object: JSONObject, at place: String) -> String {
        guard let zone = text(object, "tz", at: place) else { return "UTC" }
        guard ZoneClock.isZone(zone) else {
            problem(
                "\(place).tz", "no time zone is called `\(zone)`",
                hint: suggestion(for: zone, among: TimeZone.knownTimeZoneIdentifiers)
                    ?? "write a name such as `Europe/Zurich`; without `tz` it is UTC")
            return "UTC"
        }
        return zone
    }

    private mutating func timing(_ object: JSONObject, at place: String) -> Timing? {
        let given = ["cron", "every", "at"].filter { object[$0] != nil }
        guard given.count == 1, let text = text(object, given[0], at: place) else {
            if given.count != 1 {
                problem(
                    place, "a schedule has one of `cron`, `every` and `at`", hint: "such as `cron: \"0 7 * * 1-5\"`")
            }
            return nil
        }
        let key = "\(place).\(given[0])"
        switch given[0] {
        case "cron":
            do throws(CronProblem) {
                return .cron(try CronExpression(parsing: text))
            } catch {
                problem(key, error.message, hint: error.hint)
            }
        case "every":
            if let seconds = Timing.interval(text) { return .every(seconds) }
            problem(key, "`\(text)` isn't an interval", hint: "write `15m`, `2h` or `1d`, from a minute to a year")
        case _:
            if let wall = Timing.wallTime(text) { return .once(wall) }
            problem(key, "`\(text)` isn't a time", hint: "write `2026-12-24T18:00`, as clocks in `tz` show it")
        }
        return nil
    }

    private mutating func message(_ object: JSONObject, at place: String) -> String {
        guard let message = text(object, "message", at: place, isRequired: true) else { return "" }
        if message.unicodeScalars.count > ScheduleReading.longestMessage {
            problem("\(place).message", "a message can't be longer than \(ScheduleReading.longestMessage) characters")
        }
        return message
    }

    private mutating func missed(_ object: JSONObject, at place: String) -> Schedule.Missed {
        guard let text = text(object, "missed", at: place) else { return .skip }
        if let missed = Schedule.Missed(rawValue: text) { return missed }
        problem("\(place).missed", "`missed` can't be `\(text)`", hint: "one of `skip`, `once`")
        return .skip
    }

    private mutating func deliver(_ value: JSON?, at place: String) -> Schedule.Place? {
        guard let value else { return nil }
        guard let object = value.objectValue else {
            problem(place, "`deliver` must be an object")
            return nil
        }
        checkKeys(object, of: .deliver, "`deliver`", at: place)
        guard let channel = object["channel"]?.stringValue, let to = object["to"]?.stringValue, !to.isEmpty else {
            problem(
                place, "`deliver` lacks `channel` or `to`",
                hint: "such as `{ channel: \"slack/acme\", to: \"C024BE91L\" }`")
            return nil
        }
        let parts = channel.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, parts[0] == "slack", PlainName.isPlain(parts[1]) else {
            problem(
                "\(place).channel", "`\(channel)` isn't an account that answers can go to by themselves",
                hint: "write `slack/ACCOUNT`; a mail to somebody is a tool's")
            return nil
        }
        return Schedule.Place(channel: channel, to: to)
    }
}
