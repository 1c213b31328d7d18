public import Authority
public import Gate

/// What a run came to, for whoever owns its agent.
public struct OwnRun: Sendable, Hashable {
    public let run: ScheduleRun
    public let answer: RunAnswer
}

/// What a run said, as far as a person may know.
public enum RunAnswer: Sendable, Hashable {
    /// In its order; nil for what was erased.
    case words([Said?])
    /// It hasn't ended, or nothing began.
    case none
    /// What it has seen isn't for this person to read.
    case closed
}

extension ScheduleDesk {
    /// Schedules of the agents that a person owns now, by agent and name.
    public func schedules(
        ofAgentsOf person: PersonID, in organization: OrganizationID
    ) async throws -> [ScheduleRecord] {
        var own: [ScheduleRecord] = []
        for record in try await all(in: organization)
        where try await runner.terms.owner(record.agent, organization) == person {
            own.append(record)
        }
        return own
    }

    /// The newest first, with what they said: the agent's owner alone is shown it, and of that what the labels of everything that
    /// the run has seen leave to them.
    ///
    /// - Throws: `unknown` for a schedule of somebody else's agent, as for one that there isn't.
    public func runs(
        of schedule: ScheduleID, for person: PersonID, in organization: OrganizationID, limit: Int
    ) async throws -> [OwnRun] {
        let record = try await own(schedule, of: person, in: organization)
        var own: [OwnRun] = []
        for run in try await runs(of: record, limit: limit) {
            own.append(OwnRun(run: run, answer: try await answer(of: run, for: person)))
        }
        return own
    }

    /// - Throws: `unknown` for a schedule of somebody else's agent, as for one that there isn't.
    public func own(
        _ schedule: ScheduleID, of person: PersonID, in organization: OrganizationID
    ) async throws -> ScheduleRecord {
        guard let record = try await runner.store.schedule(schedule), record.organization == organization,
            try await runner.terms.owner(record.agent, organization) == person
        else { throw TurnsError(.unknown, "no agent of yours has such a schedule") }
        return record
    }

    private func answer(of run: ScheduleRun, for person: PersonID) async throws -> RunAnswer {
        guard let id = run.turn, let turn = try await runner.store.turn(TurnID(id)) else { return .none }
        guard turn.labels.readers.contains(person) else { return .closed }
        var words: [Said?] = []
        // What went elsewhere besides is the same again.
        for entry in try await runner.store.outbox(of: turn.id) where entry.account == turn.account {
            let message = try await runner.payloads.open(entry.payload).flatMap(OutboundMessage.init(json:))
            words.append(message.map { Said($0.content, files: $0.files) })
        }
        return .words(words)
    }
}
