public import Authority
public import Wire

public enum ApprovalKind {}
public typealias ApprovalID = ID<ApprovalKind>

/// A call that waits for a human's answer, or has had one. Bound to exactly this call: what is approved is what was
/// shown, for the account, the tool and the mandate that it was shown with.
public struct Approval: Sendable, Hashable {
    public let id: ApprovalID
    public let call: ParkedCall
    public let binding: CallBinding
    /// Over the call and its binding: what an approver's page names, so that an answer is to what was shown.
    public let digest: Digest
    /// Equal for the same call by the same client: its repeat finds this approval.
    public let asked: Digest
    /// One set for each kind of approver that is needed. Somebody of each set has to agree.
    public let needs: [Set<PersonID>]
    /// Whether a window may stand for the answer: no obligation here is a hard block's, and nothing is destroyed.
    public let allowsWindow: Bool
    public let created: Timestamp
    public let expires: Timestamp
    /// The approval whose arguments an approver changed into these.
    public let editedFrom: ApprovalID?
    /// Who has agreed so far.
    public internal(set) var yes: Set<PersonID>
    public internal(set) var state: ApprovalState

    init(
        id: ApprovalID, call: ParkedCall, binding: CallBinding, digest: Digest, asked: Digest, needs: [Set<PersonID>],
        allowsWindow: Bool, created: Timestamp, expires: Timestamp, editedFrom: ApprovalID? = nil,
        yes: Set<PersonID> = [], state: ApprovalState = .waiting
    ) {
        self.id = id
        self.call = call
        self.binding = binding
        self.digest = digest
        self.asked = asked
        self.needs = needs
        self.allowsWindow = allowsWindow
        self.created = created
        self.expires = expires
        self.editedFrom = editedFrom
        self.yes = yes
        self.state = state
    }

    /// Everybody who may answer.
    public var approvers: Set<PersonID> { needs.reduce(into: []) { $0.formUnion($1) } }

    /// Whether somebody of each kind that is needed has agreed.
    var isAgreed: Bool { needs.allSatisfy { !$0.isDisjoint(with: yes) } }

    /// The payload that holds the arguments, sealed.
    var argumentsPayload: String { "\(id)/arguments" }
    /// The payload that holds the answer for the client's repeat, sealed.
    var answerPayload: String { "\(id)/answer" }

    /// Who asks through what: asks of one source are capped together.
    public var source: String { "\(call.agent)|\(call.requester.text)" }
}

/// Who asked for what. The arguments are a sealed payload beside it.
public struct ParkedCall: Sendable, Hashable {
    public let organization: OrganizationID
    public let agent: AgentID
    public let requester: Requester
    public let client: ClientID
    public let trigger: Trigger
    public let tool: String
    public let effect: Effect
    public let principal: PersonID?

    func request(_ arguments: JSONObject) -> ToolCallRequest {
        ToolCallRequest(
            organization: organization, agent: agent, requester: requester, client: client, trigger: trigger,
            tool: tool, arguments: arguments)
    }
}

/// What an answer stands on besides the call. When one of these changes, the answer is void; a refreshed token changes
/// none of them, nor does another agent's definition.
public struct CallBinding: Sendable, Hashable {
    /// Of the agent's definition.
    public let definition: Digest
    /// Of the tool as it is pinned: schema, effect, roles, host.
    public let pin: Digest
    public let connection: ConnectionID?
    /// The upstream account that the connection belongs to.
    public let account: String?
}

/// Where an approval stands. Only `waiting` and `approved` can still come to an effect.
public enum ApprovalState: Sendable, Hashable {
    case waiting
    /// Agreed to, and not yet carried out.
    case approved
    /// Its one use is spent: the intent of this call is durable.
    case spent(CallID)
    /// The outcome is known and waits for the client's repeat.
    case answered(CallID)
    case delivered(CallID)
    case denied(by: PersonID, reason: String)
    case expired
    case void(String)
    /// An approver changed the arguments: what was agreed to is the other one.
    case replaced(by: ApprovalID, editor: PersonID)

    public var name: String {
        switch self {
        case .waiting: "waiting"
        case .approved: "approved"
        case .spent: "spent"
        case .answered: "answered"
        case .delivered: "delivered"
        case .denied: "denied"
        case .expired: "expired"
        case .void: "void"
        case .replaced: "replaced"
        }
    }

    /// Whether the client's repeat belongs to this approval rather than to a new one.
    public var isLive: Bool {
        switch self {
        case .waiting, .approved, .spent, .answered: true
        case .delivered, .denied, .expired, .void, .replaced: false
        }
    }

    /// Whether it can still come to an effect.
    public var isPending: Bool {
        switch self {
        case .waiting, .approved: true
        case .spent, .answered, .delivered, .denied, .expired, .void, .replaced: false
        }
    }

    /// The call that spent it.
    public var call: CallID? {
        switch self {
        case .spent(let call), .answered(let call), .delivered(let call): call
        case .waiting, .approved, .denied, .expired, .void, .replaced: nil
        }
    }
}
