public import Wire

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
    /// How it is carried, where that is more than one HTTP request.
    public let transport: Transport

    /// What carries a step.
    public enum Transport: Sendable, Hashable {
        case http
        case mcp(MCPCarriage)
        /// In IMAP and SMTP. Path and body say what is wanted of the mailbox, and the answer comes in the form of HTTP's.
        case mail(MailAccess)
    }

    public struct Header: Sendable, Hashable {
        public let name: String
        public let value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public init(
        kind: StepKind, method: String, path: String, query: String, headers: [Header] = [], body: [UInt8] = [],
        transport: Transport = .http
    ) {
        self.kind = kind
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.transport = transport
    }
}

/// One message of streamable HTTP (Model Context Protocol). The answer may come as an event stream, which is read up to the
/// response with this id and no further. A server of 2025-11-25 may want a session: its handshake belongs to the carriage,
/// as TLS's does, and its session to the connection that made it.
public struct MCPCarriage: Sendable, Hashable {
    public let id: String
    public let isModern: Bool
    /// Where a step without a connection goes; one with a connection goes to that connection's own host.
    public let origin: String

    public init(id: String, isModern: Bool, origin: String) {
        self.id = id
        self.isModern = isModern
        self.origin = origin
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
