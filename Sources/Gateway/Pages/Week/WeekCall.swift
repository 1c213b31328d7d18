import Authority
import Gate
import Wire

/// One call of the week, however often the client repeated it while it waited.
struct WeekCall {
    let time: Timestamp
    let agent: String
    let tool: String
    let effect: String
    /// As leaves name them, such as `person:bob`.
    let requester: String
    let account: String?
    let outcome: String
}

/// What one person's agents did.
struct WeekCalls {
    /// Newest first.
    let calls: [WeekCall]
    /// From when on nothing is missing; nil when nothing is missing at all.
    let wholeSince: Timestamp?
}
