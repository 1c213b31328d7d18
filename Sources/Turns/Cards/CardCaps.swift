import Authority

/// How many cards a person is shown, so that nobody floods them. What is over a cap waits on the page.
public struct CardCaps: Sendable, Hashable {
    /// For which everything is counted.
    public var seconds: Int64 = 3_600
    public var perPerson = 12
    /// What asks through one agent for one requester. Whoever comes under many names is stopped by ``perPerson``.
    public var perSource = 4

    public init() {}

    /// What becomes of one more from this source.
    ///
    /// - Parameter settled: of the person, within ``seconds``.
    func outcome(of source: String, after settled: [SettledCard]) -> CardOutcome {
        let shown = settled.filter { $0.outcome == .shown }
        guard shown.count >= perPerson || shown.count(where: { $0.source == source }) >= perSource else {
            return .shown
        }
        return settled.contains { $0.outcome == .told } ? .gathered : .told
    }
}
