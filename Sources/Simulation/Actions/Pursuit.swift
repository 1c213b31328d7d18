import Authority

/// What a run does more of, so that what it goes for can happen. It follows from the run's aim, and so from its seed.
struct Pursuit {
    let mood: Mood
    /// What most calls are of, and to.
    let tools: [String]
    let agents: [AgentID]
    /// What is begun as soon as a gateway has started and has read nothing yet.
    let first: Action?
    /// Whether people mostly edit what they are asked.
    let edits: Bool
    /// Whether connections have tokens that end, rotate and are refused, instead of keys.
    let hasTokens: Bool

    /// How many share the store.
    let gateways: Int

    /// - Parameter bug: the planted mistake, which has tokens or hasn't by what it is about.
    init(_ aim: FaultPoint, seed: UInt64, bug: PlantedBug?) {
        var generator = SeededGenerator(seed: seed, stream: "gateways")
        gateways = generator.pick(aim.situation == .takingOver ? [2, 3] : [1, 1, 2, 3])
        mood = Mood(for: aim)
        hasTokens = mood == .renewing || bug?.isOfTokens ?? (generator.once(in: 4))
        (tools, agents) = Pursuit.calls(aim, mood)
        let isReadOnce = [.registry, .sharing, .connections].contains(aim.port)
        first =
            switch aim.situation {
            case .agreed where isReadOnce: .runApprovals
            case .answering where isReadOnce: .answer
            case .agreed, .answering, .judging, .intended, .sent, .carrying, .done, .administering, .connecting,
                .starting, .notifying, .signing, .takingOver, .renewing, .claimed, .granted:
                nil
            }
        edits = aim.port == .sealing && aim.situation == .answering
    }

    /// The assistant is everybody's own and has no budget, so that its calls go through. The claw is shared, and has one.
    private static func calls(_ aim: FaultPoint, _ mood: Mood) -> ([String], [AgentID]) {
        switch (aim.port, aim.situation) {
        case (.submit, _): (["gmail.glance"], Cast.agents)
        case (.probe, .intended), (.verify, .intended): (["gmail.mend"], [Cast.agents[0]])
        case (_, .intended), (_, .sent): (["gmail.glance", "gmail.note", "gmail.mend"], [Cast.agents[0]])
        case (.sharing, .agreed), (.budgets, .agreed): (["gmail.tell", "gmail.mend"], [Cast.agents[1]])
        case (.payloads, .judging), (_, .agreed), (_, .carrying), (_, .done): (["gmail.tell"], [Cast.agents[0]])
        case _ where mood == .renewing:
            (["gmail.glance", "gmail.note"], [Cast.agents[0], Cast.agents[0], Cast.agents[2]])
        case _ where mood == .agreeing: (["gmail.tell", "gmail.tell", "gmail.mend", "gmail.run"], Cast.agents)
        case _: (Cast.tools, Cast.agents)
        }
    }
}

enum Mood {
    case calling, agreeing, administering, connecting, notifying, signing, starting, sharing, renewing

    fileprivate init(for aim: FaultPoint) {
        self =
            switch aim.situation {
            // Payloads are opened for what was agreed to.
            case .judging where aim.port == .payloads: .agreeing
            case .judging, .intended, .sent: .calling
            case .agreed, .carrying, .done, .answering: .agreeing
            case .administering: .administering
            case .connecting: .connecting
            case .notifying: .notifying
            case .signing: .signing
            case .starting: .starting
            case .takingOver: .sharing
            case .renewing, .claimed, .granted: .renewing
            }
    }
}
