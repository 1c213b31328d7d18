extension Judge {
    /// Layer 9: a full budget denies; it never permits.
    mutating func budget() {
        let limits = mandate.definition.budget
        if let limit = limits.callsPerMinute, request.budget.callsThisMinute >= limit {
            deny(.perMinute, String(limit))
        }
        if let limit = limits.callsPerDay, request.budget.callsToday >= limit { deny(.perDay, String(limit)) }
        if let limit = limits.concurrent, request.budget.concurrent >= limit { deny(.concurrent, String(limit)) }
    }
}
