public import Authority
public import Wire

extension Schedule {
    /// What such a list is called in an agent.
    public static let listKey = "schedules"

    /// Reads what a definition says.
    ///
    /// - Throws: everything that is wrong, each at a place such as `schedules[1].cron`.
    public static func list(_ value: JSON) throws(DefinitionProblems) -> [Schedule] {
        guard let items = value.arrayValue else {
            throw DefinitionProblems([
                DefinitionProblem(place: listKey, message: "`\(listKey)` must be a list of objects", hint: nil)
            ])
        }
        var reading = ScheduleReading()
        let schedules = items.enumerated().compactMap {
            reading.schedule($0.element, at: "\(listKey)[\($0.offset)]")
        }
        guard reading.problems.isEmpty else { throw DefinitionProblems(reading.problems) }
        return schedules
    }

    /// Those of a stored definition.
    public static func list(of definition: JSON) throws(DefinitionProblems) -> [Schedule] {
        guard let value = definition[AgentDefinition.aboutKey]?[listKey] else { return [] }
        return try list(value)
    }
}

extension Schedule {
    /// One as it is stored, with the clocks of its zone; nil for what isn't one.
    public static func read(_ stored: JSON) -> (schedule: Schedule, clock: ZoneClock)? {
        guard let schedule = try? list(.array([stored])).first, let clock = ZoneClock(named: schedule.zone) else {
            return nil
        }
        return (schedule, clock)
    }
}
