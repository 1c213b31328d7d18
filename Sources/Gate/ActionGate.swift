public import Authority
import Ledger
public import Logging

/// The one gate. Whoever wants an agent to act comes through `perform`, and nothing else reaches a tool.
public struct ActionGate: Sendable {
    let shelves: LiveShelf
    let facts: any Facts
    let connections: any ConnectionSource
    let sessions: any SessionStates
    let budgets: any Budgets
    let commits: any Commits
    let upstream: any Upstream
    let approvals: any ApprovalStore
    let payloads: PayloadKeeper
    let asking: AskSettings
    /// Nil where no server says what its tools need.
    let challenges: (any ScopeChallenges)?
    let observer: (any GateObserver)?
    let brake: @Sendable () -> String?
    let world: World
    let inFlight = InFlight()
    let tally: CallTally
    /// Nil when callers get no receipts.
    let receipts: ReceiptSigner?
    /// Nil when nobody asks what connections were used for.
    let uses: (any UseRecorder)?
    let log: Logger

    /// - Parameter brake: says why nothing may be begun now; nil when all may. Asked for each call, so it answers at once.
    public init(
        shelf: LiveShelf, facts: any Facts, connections: any ConnectionSource, sessions: any SessionStates,
        budgets: any Budgets, commits: any Commits, upstream: any Upstream, approvals: any ApprovalStore,
        payloads: any Payloads, sealing: any PayloadSealing, asking: AskSettings = AskSettings(),
        challenges: (any ScopeChallenges)? = nil, observer: (any GateObserver)? = nil,
        brake: @escaping @Sendable () -> String? = { nil }, world: World,
        tally: CallTally = CallTally(), receipts: ReceiptSigner? = nil,
        uses: (any UseRecorder)? = nil, log: Logger
    ) {
        shelves = shelf
        self.facts = facts
        self.connections = connections
        self.sessions = sessions
        self.budgets = budgets
        self.commits = commits
        self.upstream = upstream
        self.approvals = approvals
        self.payloads = PayloadKeeper(sealing: sealing, store: payloads)
        self.asking = asking
        self.challenges = challenges
        self.observer = observer
        self.brake = brake
        self.world = world
        self.tally = tally
        self.receipts = receipts
        self.uses = uses
        self.log = log
    }

    /// Counts a request over its token's rate, which leaves no leaf.
    public func refusedForRate(in organization: OrganizationID) {
        tally.add(\.overRate, to: .organization(organization))
    }
}
