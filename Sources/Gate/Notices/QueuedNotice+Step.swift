import Authority

/// What an attempt came to.
enum NoticeOutcome: Sendable, Hashable {
    case delivered
    case failed(NoticeFailure)
}

extension QueuedNotice {
    /// The notice with an attempt under way.
    func sending(_ message: NoticeID, by route: NoticeRoute) -> QueuedNotice {
        var next = self
        if next.route != route { next.attempts = 0 }
        next.state = .sending
        next.message = message
        next.route = route
        return next
    }

    func settled(_ state: NoticeState, at now: Timestamp, _ reason: String? = nil) -> QueuedNotice {
        var next = self
        next.state = state
        next.settled = now
        if let reason { next.reason = reason }
        return next
    }

    /// The notice after an attempt.
    ///
    /// - Parameters:
    ///   - routes: those that are set up.
    ///   - jitter: at least 0 and under 1.
    func after(
        _ outcome: NoticeOutcome, routes: [NoticeRoute], at now: Timestamp, jitter: Double
    ) -> QueuedNotice {
        guard let route else { return self }
        switch outcome {
        case .delivered: return settled(.delivered, at: now)
        case .failed(.notSent(let reason)): return later(route, reason, routes, at: now, jitter)
        case .failed(.refused(let reason)): return without(route, reason, routes, ending: .failed, at: now)
        case .failed(.unknown(let reason)):
            if route.mayRepeat { return later(route, reason, routes, at: now, jitter) }
            return without(route, reason, routes, ending: .unknown, at: now)
        }
    }

    /// A way that fails for minutes gives way to another; the last one is tried for most of a day.
    private func later(
        _ route: NoticeRoute, _ reason: String, _ routes: [NoticeRoute], at now: Timestamp, _ jitter: Double
    ) -> QueuedNotice {
        var next = self
        next.attempts += 1
        let hasOther = routes.contains { $0 != route && !closed.contains($0) }
        guard next.attempts < (hasOther ? NoticeBackoff.triesBeforeOther : NoticeBackoff.triesOfLast) else {
            return next.without(route, reason, routes, ending: .failed, at: now)
        }
        next.state = .waiting
        next.reason = reason
        next.notBefore = now.adding(seconds: NoticeBackoff.seconds(after: next.attempts, jitter: jitter))
        return next
    }

    private func without(
        _ route: NoticeRoute, _ reason: String, _ routes: [NoticeRoute], ending: NoticeState, at now: Timestamp
    ) -> QueuedNotice {
        var next = self
        next.closed.insert(route)
        next.attempts = 0
        next.reason = reason
        guard routes.contains(where: { !next.closed.contains($0) }) else {
            return next.settled(ending, at: now)
        }
        next.state = .waiting
        next.notBefore = now
        return next
    }
}

enum NoticeBackoff {
    static let triesBeforeOther = 4
    static let triesOfLast = 24

    /// 10 seconds, then three times as long each time, an hour at the most, and up to half as much again.
    static func seconds(after attempts: Int, jitter: Double) -> Int64 {
        var seconds = 10.0
        for _ in 1..<max(attempts, 1) { seconds = min(seconds * 3, 3600) }
        return Int64(seconds * (1 + jitter / 2))
    }
}
