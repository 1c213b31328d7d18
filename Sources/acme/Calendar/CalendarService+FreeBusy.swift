import Foundation

extension CalendarService {
    func freeBusy(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        let body = try GoogleRules.object(call)
        guard let from = body["timeMin"]?.text.flatMap(RFC3339.date),
            let to = body["timeMax"]?.text.flatMap(RFC3339.date)
        else { throw GoogleRules.invalid("Missing timeMin or timeMax parameter.", reason: "required") }
        guard from < to else {
            throw GoogleRules.invalid("The specified time range is empty.", reason: "timeRangeEmpty")
        }
        var calendars: JSON = [:]
        for item in body["items"]?.items ?? [] {
            guard let id = item["id"]?.text else { throw GoogleRules.invalid("Missing item id.", reason: "required") }
            calendars = calendars.with(id, describe(id, from: from, to: to))
        }
        return Answer(
            200,
            [
                "kind": "calendar#freeBusy", "timeMin": .string(RFC3339.text(from)),
                "timeMax": .string(RFC3339.text(to)), "calendars": calendars,
            ])
    }

    private func describe(_ id: String, from: Date, to: Date) -> JSON {
        guard let busy = world.busy(id.lowercased(), from: from, to: to) else {
            return ["errors": [["domain": "global", "reason": "notFound"]], "busy": []]
        }
        let periods = busy.map { period -> JSON in
            ["start": .string(RFC3339.text(period.start)), "end": .string(RFC3339.text(period.end))]
        }
        return ["busy": .array(periods)]
    }
}
