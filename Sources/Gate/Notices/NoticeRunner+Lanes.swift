import Authority

extension NoticeRunner {
    /// How many messages one way carries at once.
    static let width = 4

    /// Sends what is due, each way for itself and several messages at once, so that a slow one holds up nobody else's.
    ///
    /// - Returns: when something has to be looked at again; nil when all of it is settled.
    func send(_ due: [RoutedPlan]) async throws -> Timestamp? {
        let lanes = Dictionary(grouping: due) { $0.way?.route }
        return try await withThrowingTaskGroup(of: Timestamp?.self) { group in
            for plans in lanes.values { group.addTask { try await lane(plans) } }
            return try await group.reduce(nil) { earliest($0, $1) }
        }
    }

    /// The plans of one way. When nothing of a round got through, the rest waits for the next sweep.
    private func lane(_ plans: [RoutedPlan]) async throws -> Timestamp? {
        var next: Timestamp?
        var rest = plans[...]
        while !rest.isEmpty {
            let round = rest.prefix(NoticeRunner.width)
            rest = rest.dropFirst(NoticeRunner.width)
            let again = try await withThrowingTaskGroup(of: Timestamp?.self) { group in
                for plan in round { group.addTask { try await send(plan) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            next = again.reduce(next) { earliest($0, $1) }
            if !rest.isEmpty, again.allSatisfy({ $0 != nil }) { return earliest(next, world.now()) }
        }
        return next
    }

    func earliest(_ one: Timestamp?, _ other: Timestamp?) -> Timestamp? {
        guard let one, let other else { return one ?? other }
        return min(one, other)
    }
}
