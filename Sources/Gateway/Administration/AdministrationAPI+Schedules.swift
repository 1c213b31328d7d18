import Authority
import Gate
import Registry
import Turns
import Wire

extension AdministrationAPI {
    /// Nil for a route that there isn't.
    func routeSchedules(_ method: String, _ path: [String], _ query: [String: String], _ body: JSONObject) async throws
        -> JSON?
    {
        switch (method, path.count) {
        case ("GET", 1): return ["schedules": .array(try await schedules.all(in: organization).map(json))]
        case ("GET", 3): return json(try await schedule(path))
        case ("GET", 4) where path[3] == "runs":
            let record = try await schedule(path)
            let limit = min(max(query["limit"].flatMap(Int.init) ?? 50, 1), 1_000)
            return ["runs": .array(try await schedules.runs(of: record, limit: limit).map(json))]
        case ("POST", 4) where path[3] == "run":
            let record = try await schedule(path)
            try await schedules.runNow(record, by: administrator.text)
            return json(record)
        case ("POST", 4) where path[3] == "pause":
            return json(try await schedules.pause(try await schedule(path), by: administrator.text))
        case ("POST", 4) where path[3] == "resume":
            return json(try await schedules.resume(try await schedule(path), by: administrator.text))
        default: return nil
        }
    }

    private func schedule(_ path: [String]) async throws -> ScheduleRecord {
        try await schedules.schedule(path[2], of: AgentID(path[1]), in: organization)
    }

    private func json(_ record: ScheduleRecord) -> JSON {
        var object: JSONObject = [
            "agent": .string(record.agent.raw), "id": .string(record.name), "definition": record.definition,
            "author": .string(record.author.raw), "state": .string(record.state.rawValue),
            "set": .number(JSONNumber(record.set.microseconds)), "failures": .number(JSONNumber(record.failures)),
        ]
        object["reason"] = record.reason.map { .string($0) }
        if record.state == .active { object["next"] = record.next.map { .number(JSONNumber($0.microseconds)) } }
        return .object(object)
    }

    private func json(_ run: ScheduleRun) -> JSON {
        var object: JSONObject = [
            "run": .string(run.id.raw), "due": .number(JSONNumber(run.due.microseconds)),
            "began": .number(JSONNumber(run.began.microseconds)), "calls": run.calls,
        ]
        object["ended"] = run.ended.map { .number(JSONNumber($0.microseconds)) }
        object["outcome"] = run.outcome.map { .string($0.rawValue) }
        object["reason"] = run.reason.map { .string($0) }
        object["turn"] = run.turn.map { .string($0) }
        return .object(object)
    }
}
