public import Authority
public import Wire

public enum WindowKind {}
public typealias WindowID = ID<WindowKind>

/// An approval that stays open: for these arguments, or for these destinations in this session. It never stands for a
/// hard block's approval or for something that destroys, because those obligations don't accept one.
public struct GrantWindow: Sendable, Hashable {
    /// What the window is open for.
    public enum Scope: Sendable, Hashable {
        /// Exactly this call, by its digest.
        case arguments(Digest)
        /// This tool towards these destinations and no others.
        case destinations(Set<String>)
    }

    public enum State: Sendable, Hashable {
        case open
        case usedUp
        case revoked(by: PersonID)
        case void(String)

        public var name: String {
            switch self {
            case .open: "open"
            case .usedUp: "used up"
            case .revoked: "revoked"
            case .void: "void"
            }
        }
    }

    public let id: WindowID
    /// The approval that opened it.
    public let approval: ApprovalID
    /// Who may use it: this requester through this client with this agent, and nobody else.
    public let call: ParkedCall
    public let binding: CallBinding
    public let scope: Scope
    public let by: PersonID
    public let created: Timestamp
    public let until: Timestamp
    /// Nil for no bound but the time.
    public internal(set) var usesLeft: Int?
    public internal(set) var state: State

    /// Whether this call is what the window is open for.
    func covers(_ judged: JudgedRequest, at now: Timestamp) -> Bool {
        guard state == .open, now < until, usesLeft != 0, call == judged.parked, judged.stands(on: binding) else {
            return false
        }
        switch scope {
        case .arguments(let digest): return digest == judged.digest
        case .destinations(let allowed):
            let wanted = judged.destinations
            return !wanted.isEmpty && allowed.isSuperset(of: wanted)
        }
    }

    /// The window after the step.
    ///
    /// - Throws: `CommitError.window` when it isn't open any more.
    public func after(_ step: WindowStep) throws(CommitError) -> GrantWindow {
        guard state == .open, usesLeft != 0 else { throw .window(id) }
        var next = self
        switch step {
        case .use:
            next.usesLeft = usesLeft.map { $0 - 1 }
            if next.usesLeft == 0 { next.state = .usedUp }
        case .revoke(let person): next.state = .revoked(by: person)
        case .void(let reason): next.state = .void(reason)
        }
        return next
    }
}

public enum WindowStep: Sendable, Hashable {
    case use
    case revoke(PersonID)
    case void(String)
}

/// The window that an approver asks for together with an approval.
public struct WindowRequest: Sendable, Hashable {
    public enum Scope: String, Sendable, CaseIterable {
        /// This very call again.
        case arguments
        /// The same tool to the same destinations in the same session.
        case destinations
    }

    public let scope: Scope
    public let uses: Int?
    /// How long it stays open. At most thirty days.
    public let seconds: Int64

    public init(scope: Scope, uses: Int?, seconds: Int64) {
        self.scope = scope
        self.uses = uses
        self.seconds = seconds
    }

    static let longestSeconds: Int64 = 30 * 86_400
}
