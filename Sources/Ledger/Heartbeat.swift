public import Wire

/// A sign of life of one gateway in one tree, at an interval for as long as it runs: where it is missing, no gateway ran
/// or leaves are missing.
public struct Heartbeat: Sendable, Hashable {
    public enum Phase: String, Sendable, CaseIterable {
        /// The gateway is about to take calls.
        case started
        case beat
        /// The gateway was told to stop, and takes no more calls.
        case stopped
    }

    public let phase: Phase
    /// One run of one gateway.
    public let gateway: String
    /// Of this gateway in this tree: 0 for `started`, then each one more than the one before.
    public let number: Int64
    /// Microseconds since this gateway started, by a clock that nobody sets.
    public let uptime: Int64
    /// Seconds until the next one.
    public let interval: Int64
    /// How many records the tree had when this was made.
    public let size: Int64
    /// What the gateway counted in this tree since it started.
    public let counted: HeartbeatCounts
    /// `started` alone: the gateways that ended without being told to, as far as this one can know.
    public let crashed: [String]

    public init(
        phase: Phase, gateway: String, number: Int64, uptime: Int64, interval: Int64, size: Int64,
        counted: HeartbeatCounts = HeartbeatCounts(), crashed: [String] = []
    ) {
        self.phase = phase
        self.gateway = gateway
        self.number = number
        self.uptime = uptime
        self.interval = interval
        self.size = size
        self.counted = counted
        self.crashed = crashed
    }

    /// - Parameter time: microseconds since 1970.
    public func leaf(at time: Int64) throws(LedgerError) -> Leaf {
        var fields: JSONObject = [
            "phase": .string(phase.rawValue), "gateway": .string(gateway), "number": .number(JSONNumber(number)),
            "uptime": .number(JSONNumber(uptime)), "interval": .number(JSONNumber(interval)),
            "size": .number(JSONNumber(size)), "counted": counted.json,
        ]
        if !crashed.isEmpty { fields["crashed"] = .array(crashed.map { .string($0) }) }
        return try Leaf(kind: .heartbeat, time: time, fields: fields)
    }

    /// Nil unless the fields are such as ``leaf(at:)`` writes.
    public init?(fields: JSONObject) {
        guard let phase = fields["phase"]?.stringValue.flatMap(Phase.init),
            let gateway = fields["gateway"]?.stringValue,
            let number = fields["number"]?.integerValue, let uptime = fields["uptime"]?.integerValue,
            let interval = fields["interval"]?.integerValue, interval > 0, interval <= 86_400,
            let size = fields["size"]?.integerValue, let counted = fields["counted"].flatMap(HeartbeatCounts.init)
        else { return nil }
        self.init(
            phase: phase, gateway: gateway, number: number, uptime: uptime, interval: interval, size: size,
            counted: counted, crashed: (fields["crashed"]?.arrayValue ?? []).compactMap(\.stringValue))
    }
}

/// What a gateway counted in one tree: what it recorded, so that a record less shows, and what it refused without one.
public struct HeartbeatCounts: Sendable, Hashable {
    /// By their verdict.
    public var permit: Int64 = 0
    public var ask: Int64 = 0
    public var connect: Int64 = 0
    public var deny: Int64 = 0
    /// Calls whose outcome was recorded.
    public var outcomes: Int64 = 0
    /// Calls over an agent's budget, which aren't recorded one by one.
    public var overBudget: Int64 = 0
    /// Requests over a token's rate, which aren't recorded one by one.
    public var overRate: Int64 = 0

    public init() {}

    public var decisions: Int64 { permit + ask + connect + deny }

    private static var names: [(String, WritableKeyPath<HeartbeatCounts, Int64>)] {
        [
            ("permit", \.permit), ("ask", \.ask), ("connect", \.connect), ("deny", \.deny), ("outcomes", \.outcomes),
            ("over_budget", \.overBudget), ("over_rate", \.overRate),
        ]
    }

    var json: JSON {
        .object(JSONObject(Self.names.map { ($0, .number(JSONNumber(self[keyPath: $1]))) }))
    }

    init?(json: JSON) {
        for (name, path) in Self.names {
            guard let count = json[name]?.integerValue, count >= 0, count < 1 << 53 else { return nil }
            self[keyPath: path] = count
        }
    }
}
