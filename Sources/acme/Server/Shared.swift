/// What all services of one run have in common.
struct Shared: Sendable {
    let tokens: TokenStore
    let journal: Journal
    let faults: Faults
    let limits: RateLimits?
}
