import Wire

/// What a step is for. Only the effecting one spends the permit.
public enum StepKind: String, Sendable, CaseIterable {
    case probe, effect, verify
}

/// One HTTP request of a plan, to the connection's own host. Its credential is added by egress.
public struct Step: Sendable, Hashable {
    public let kind: StepKind
    public let method: String
    /// Absolute path, percent-encoded.
    public let path: String
    /// Percent-encoded, without the question mark; empty for none.
    public let query: String
    public let headers: [Header]
    public let body: [UInt8]

    public struct Header: Sendable, Hashable {
        public let name: String
        public let value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public init(
        kind: StepKind, method: String, path: String, query: String, headers: [Header] = [], body: [UInt8] = []
    ) {
        self.kind = kind
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }
}

/// What a call comes to upstream: at most one effecting request, and the probes and verifications around it.
public struct RequestPlan: Sendable, Hashable {
    public let probes: [Step]
    public let effect: Step
    public let verifications: [Step]

    public init(probes: [Step] = [], effect: Step, verifications: [Step] = []) {
        self.probes = probes
        self.effect = effect
        self.verifications = verifications
    }

    public func contains(_ step: Step) -> Bool {
        step == effect || probes.contains(step) || verifications.contains(step)
    }
}
