/// A plan with the ways that lead to whom it is for, in the order in which they are tried; never without one.
struct RoutedPlan: Sendable {
    typealias Way = (route: NoticeRoute, notifier: any Notifier)

    let plan: NoticePlan
    let ways: [Way]

    /// The first way that is open to it.
    var way: Way? {
        ways.first { way in plan.notices.first?.closed.contains(way.route) == false }
    }

    /// Those of the plans that some way leads to.
    static func plans(_ plans: [NoticePlan], by ways: [Way]) async throws -> [RoutedPlan] {
        var routed: [RoutedPlan] = []
        for plan in plans {
            guard let first = plan.notices.first else { continue }
            let leading = try await RoutedPlan.ways(ways, to: first)
            if !leading.isEmpty { routed.append(RoutedPlan(plan: plan, ways: leading)) }
        }
        return routed
    }

    static func ways(_ ways: [Way], to notice: QueuedNotice) async throws -> [Way] {
        var leading: [Way] = []
        for way in ways where try await way.notifier.leads(to: notice) { leading.append(way) }
        return leading
    }
}
