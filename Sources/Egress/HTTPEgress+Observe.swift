import Gate

extension HTTPEgress {
    /// Measures one request of a call.
    func observed(
        _ call: JudgedCall, _ request: () async throws(UpstreamFailure) -> UpstreamAnswer
    ) async throws(UpstreamFailure) -> UpstreamAnswer {
        guard let instruments else { return try await request() }
        let start = ContinuousClock.now
        do throws(UpstreamFailure) {
            let answer = try await request()
            instruments.record(call.provider, "\(answer.status / 100)xx", since: start)
            return answer
        } catch {
            instruments.record(call.provider, error.name, since: start)
            throw error
        }
    }
}

extension JudgedCall {
    /// The provider or remote server that its tool belongs to: what stands before the first dot of its name.
    fileprivate var provider: String { String(tool.prefix { $0 != "." }) }
}

extension UpstreamFailure {
    fileprivate var name: String {
        switch self {
        case .notSent: "not_sent"
        case .unknown: "unknown"
        }
    }
}
