import Authority
import Definition
import Gate
import Wire

extension PlanWriter {
    /// What becomes of an agent's schedules. They have the authority of the agent's owner, who answers for what its definition
    /// says, whoever applied it.
    mutating func addSchedules(
        of given: HomeDefinition.Agent, _ definition: AgentDefinition, _ earlier: AgentView?
    ) {
        let before = earlier?.record.definition[AgentDefinition.aboutKey]?[Schedule.listKey]
        let after = given.about[Schedule.listKey]
        guard after != before else { return }
        if after != nil, definition.actsAs == .assistant {
            return problem(
                given.places[Schedule.listKey] ?? given.place,
                "`\(given.id)` is an assistant, and acts for whoever asks: on a schedule nobody does",
                hint: "make it a claw or a delegate with `deputy agents clone \(given.id) NAME --as claw`")
        }
        let records = (after?.arrayValue ?? []).compactMap { stored -> ScheduleRecord? in
            guard let (schedule, clock) = Schedule.read(stored) else { return nil }
            let next = schedule.timing.next(after: now, since: now, in: clock)
            return ScheduleRecord(
                organization: organization.id, agent: given.id, name: schedule.name, definition: stored,
                author: definition.owner, state: next == nil ? .over : .active,
                reason: next == nil ? "its time has passed" : nil, set: now, next: next)
        }
        changes.append(ScheduleChange.set(organization.id, given.id, records))
    }
}
