import Gate
import Gateway
import Storage

extension Doctor {
    /// Schedules that don't run, though nobody has taken them out of their agent's definition.
    func examineSchedules() async throws -> [DoctorFinding] {
        try await home.store.schedules(in: home.organization).compactMap { schedule in
            switch schedule.state {
            case .active, .over: return nil
            case .paused, .suspended:
                return DoctorFinding(
                    .warning,
                    "`\(schedule.name)` of `\(schedule.agent)` is \(schedule.state.rawValue): "
                        + (schedule.reason ?? "nobody said why"),
                    hint: "see `deputy schedules runs \(schedule.agent) \(schedule.name)`, then "
                        + "`deputy schedules resume \(schedule.agent) \(schedule.name)`")
            }
        }
    }
}
