public import Authority
import Gate

/// What would be written if a plan were applied now, and what it was read under.
struct PreparedPlan {
    var plan: Plan
    /// What will have been applied, when that is something else than before.
    var baseline: Baseline?
    var changes: [any StoredChange] = []
    var bumps: [EpochScope] = []
    var requires: [EpochReading] = []
    /// Every agent that the files name, as they would make it.
    var named: [AgentID: Subject] = [:]
    /// Those who would be there.
    var people: [PersonRecord] = []
}

/// How files are taken.
public struct ApplyOptions: Sendable {
    /// Each file is one agent's object alone.
    public var asAgent: Bool
    /// Who owns agents whose files name nobody.
    public var owner: PersonID?
    /// Agents that act with a human's own account may get more users.
    public var acknowledgesOwnAccounts: Bool
    /// What was changed by other means may be undone.
    public var overwritesDrift: Bool
    /// Agents that an earlier apply added and that no file names any more are suspended.
    public var prunes: Bool

    public init(
        asAgent: Bool = false, owner: PersonID? = nil, acknowledgesOwnAccounts: Bool = false,
        overwritesDrift: Bool = false, prunes: Bool = false
    ) {
        self.asAgent = asAgent
        self.owner = owner
        self.acknowledgesOwnAccounts = acknowledgesOwnAccounts
        self.overwritesDrift = overwritesDrift
        self.prunes = prunes
    }
}
