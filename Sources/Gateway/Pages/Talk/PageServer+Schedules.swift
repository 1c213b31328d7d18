import Authority
import Console
import Gate
import HTTPTypes
import Hummingbird
import Turns
import Wire

/// What a person's agents do by the clock: whoever owns an agent sees what came of it, lets it rest and lets it run again.
extension PageServer {
    /// Runs shown of each schedule on the page, and sent to a terminal.
    private static let shown = 5
    private static let most = 200

    func addSchedules(to router: Router<GatewayContext>) {
        get("/schedules", router, schedules)
        post("/schedules/:id/pause", router) { visit in try await change(visit, "paused", desks.schedules.pause) }
        post("/schedules/:id/resume", router) { visit in try await change(visit, "resumed", desks.schedules.resume) }
    }

    @Sendable private func schedules(_ visit: Visit) async throws -> Response {
        if visit.isForTerminal { return try await said(visit) }
        var shown: [SchedulesView.Schedule] = []
        for record in try await desks.schedules.schedules(ofAgentsOf: visit.person, in: visit.organization) {
            let runs = try await desks.schedules.runs(
                of: record.id, for: visit.person, in: visit.organization, limit: PageServer.shown)
            shown.append(SchedulesView.Schedule(record, runs.map(SchedulesView.Run.init)))
        }
        return page(SchedulesView(schedules: shown), visit, place: "schedules", notice: notice(visit.query["done"]))
    }

    private func said(_ visit: Visit) async throws -> Response {
        guard let agent = visit.query["agent"], let name = visit.query["schedule"] else { throw PageRefusal.notFound }
        let runs = try await desks.schedules.runs(
            of: ScheduleRecord.id(of: name, AgentID(agent), in: visit.organization), for: visit.person,
            in: visit.organization, limit: PageServer.most)
        return json(["runs": .array(runs.map(\.json))], .ok)
    }

    private func change(
        _ visit: Visit, _ done: String, _ change: (ScheduleRecord, String) async throws -> ScheduleRecord
    ) async throws -> Response {
        let record = try await desks.schedules.own(
            ScheduleID(visit.parameter), of: visit.person, in: visit.organization)
        _ = try await change(record, "person:\(visit.person)")
        return redirect(to: "/schedules?done=\(done)")
    }

    private func notice(_ done: String?) -> String? {
        switch done {
        case "paused": "It rests until it is let run again."
        case "resumed": "It runs again. What it missed isn't made up for."
        default: nil
        }
    }
}

extension SchedulesView.Schedule {
    fileprivate init(_ record: ScheduleRecord, _ runs: [SchedulesView.Run]) {
        let (mayPause, mayResume) = (record.state == .active, record.state.isStopped)
        self.init(
            agent: Inert.text(record.agent.raw), name: Inert.text(record.name), timing: Self.timing(record.definition),
            message: Inert.text(record.definition["message"]?.stringValue ?? "", keepsLines: true),
            state: record.state.rawValue, reason: record.reason.map { Inert.text($0) },
            next: mayPause ? record.next?.shown : nil, path: "/schedules/\(PercentEncoding.encode(record.id.raw))",
            mayPause: mayPause, mayResume: mayResume, runs: runs)
    }

    private static func timing(_ definition: JSON) -> String {
        let zone = definition["tz"]?.stringValue ?? "UTC"
        if let cron = definition["cron"]?.stringValue { return Inert.text("\(cron) \(zone)") }
        if let at = definition["at"]?.stringValue { return Inert.text("at \(at) \(zone)") }
        return Inert.text("every \(definition["every"]?.stringValue ?? "")")
    }
}

extension SchedulesView.Run {
    fileprivate init(_ own: OwnRun) {
        let tools = (own.run.calls.arrayValue ?? []).compactMap { $0["tool"]?.stringValue }.joined(separator: " ")
        self.init(
            due: own.run.due.shown, outcome: own.run.outcome?.rawValue ?? "under way",
            reason: own.run.reason.map { Inert.text($0) }, calls: tools.isEmpty ? nil : Inert.text(tools),
            said: own.answer.texts.map { Inert.text($0 ?? "Erased.", keepsLines: true) }, closed: own.answer.closed)
    }
}

extension RunAnswer {
    fileprivate var texts: [String?] {
        switch self {
        case .words(let words): words.map { $0?.content.plain }
        case .none, .closed: []
        }
    }

    fileprivate var closed: String? {
        switch self {
        case .closed: "What it said isn't yours to read: it has seen what is for others."
        case .words, .none: nil
        }
    }
}

extension OwnRun {
    fileprivate var json: JSON {
        var object: JSONObject = [
            "run": .string(run.id.raw), "due": .number(JSONNumber(run.due.microseconds)),
            "said": .array(answer.texts.map { $0.map { .string($0) } ?? .null }),
        ]
        object["outcome"] = run.outcome.map { .string($0.rawValue) }
        object["reason"] = (answer.closed ?? run.reason).map { .string($0) }
        return .object(object)
    }
}
