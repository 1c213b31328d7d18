import Authority
import Logging

extension NoticeRunner {
    /// One message, by the first way that is open to all of its notices.
    ///
    /// - Returns: when it has to be looked at again; nil when all of it is settled.
    func send(_ routed: RoutedPlan) async throws -> Timestamp? {
        let plan = routed.plan
        let routes = routed.ways.map(\.route)
        guard let first = plan.notices.first else { return nil }
        guard let address = try await addressees.address(of: first.person, in: first.organization) else {
            try await commit(plan.notices.map { $0.settled(.needless, at: world.now(), "the person has left") })
            return nil
        }
        // A notice whose earlier attempt failed for good takes its own way: the others aren't drawn along.
        guard let way = routed.way else {
            try await fail(plan.notices)
            return nil
        }
        let together = plan.notices.filter { $0.closed == first.closed }
        let part = NoticePlan(notices: together, due: plan.due)
        let message = part.message ?? NoticeID(world.newID("msg"))
        try await commit(together.map { $0.sending(message, by: way.route) })
        let notice = Notice(
            id: message, organization: first.organization, person: first.person, address: address,
            matter: part.matter, agents: part.agents, link: link(part.matter, part.agents), created: world.now())
        let outcome = await NoticeAttempt(notifier: way.notifier, deadline: deadline).outcome(of: notice)
        let after = try await settle(together.map { $0.sending(message, by: way.route) }, outcome, routes)
        let open =
            after.filter { $0.state.isOpen }.map(\.notBefore)
            + plan.notices
            .filter { $0.closed != first.closed }.map(\.notBefore)
        return open.min()
    }

    /// Writes down what an attempt came to, and says aloud what will never be delivered.
    @discardableResult
    func settle(
        _ notices: [QueuedNotice], _ outcome: NoticeOutcome, _ routes: [NoticeRoute]
    ) async throws -> [QueuedNotice] {
        guard !notices.isEmpty else { return [] }
        let (now, jitter) = (world.now(), jitter())
        let after = notices.map { $0.after(outcome, routes: routes, at: now, jitter: jitter) }
        try await commit(after)
        for notice in after {
            switch notice.state {
            case .failed, .unknown: report(notice)
            case .waiting, .sending, .delivered, .needless: break
            }
        }
        return after
    }

    private func fail(_ notices: [QueuedNotice]) async throws {
        let failed = notices.map { $0.settled(.failed, at: world.now()) }
        try await commit(failed)
        failed.forEach(report)
    }

    private func report(_ notice: QueuedNotice) {
        log.error(
            "a notice was not delivered",
            metadata: [
                "notice": "\(notice.id)", "person": "\(notice.person)", "state": "\(notice.state.rawValue)",
                "reason": "\(notice.reason ?? "no way was left")",
            ])
    }

    func commit(_ notices: [QueuedNotice]) async throws {
        try await store.commit(Transaction(changes: notices.map { NoticeChange.replace($0) }))
    }
}
