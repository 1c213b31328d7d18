/// Whether, and with which connection.
public enum Verdict: Hashable, Sendable {
    /// With this connection and no other; nil for a tool that needs none.
    case permit(ConnectionID?)
    /// Every obligation that is still open.
    case ask([Finding])
    /// Everything that is missing.
    case connect([Finding])
    case deny([Finding])

    public var name: String {
        switch self {
        case .permit: "permit"
        case .ask: "ask"
        case .connect: "connect"
        case .deny: "deny"
        }
    }

    /// How permissive it is: deny < connect < ask < permit.
    public var rank: Int {
        switch self {
        case .deny: 0
        case .connect: 1
        case .ask: 2
        case .permit: 3
        }
    }
}

/// The answer to one request, with everything that was found on the way.
public struct Decision: Hashable, Sendable {
    public let verdict: Verdict
    /// On whose behalf; nil for a claw.
    public let principal: PersonID?
    /// The one connection that the call would use; nil when it needs none or none was found.
    public let connection: ConnectionID?
    /// The standing order by which it is made though nobody asked.
    public let order: StandingOrderFacts?
    /// All findings, discharged obligations among them, in the order of the layers.
    public let findings: [Finding]

    /// The findings that made the verdict what it is.
    public var decisive: [Finding] {
        switch verdict {
        case .permit: []
        case .ask(let findings), .connect(let findings), .deny(let findings): findings
        }
    }
}
