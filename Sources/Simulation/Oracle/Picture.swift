/// What is durable, as the oracle understands it: plain words and sets.
struct Picture {
    struct Agent {
        var isActive: Bool
        var kind: String
        var owner: String
        var denied: Set<String>
        var asked: Set<String>
        var approvers: Set<String>
        var principals: Set<String>
        var granted: Set<String>
        var perMinute: Int?
        var perDay: Int?
    }

    struct Token {
        let organization: String
        let person: String
        let agents: Set<String>
        let isActive: Bool
        let expires: Int64
    }

    struct Connection {
        let organization: String
        let owner: String
        var isHealthy: Bool
    }

    struct Ask {
        let organization: String
        let agent: String
        let requester: String
        let client: String
        let tool: String
        var needs: [Set<String>]
        var yes: Set<String>
        var isSpent = false
        /// Whether it came into being agreed to, by whoever edited another one into it.
        var wasAgreed = false
        /// What was shown, as canonical text.
        var arguments: String?
        var expires: Int64
    }

    struct Window {
        let ask: String
        let by: String
        let until: Int64
        var uses: Int?
        var isOpen = true
        var agent: String
        var requester: String
        var client: String
        var tool: String
    }

    struct Call {
        let organization: String
        let agent: String
        let requester: String
        let client: String
        let tool: String
        let effect: String
        let approval: String?
        let window: String?
        let connection: String?
        let digest: String
        /// How often labels had been cleared when it began.
        var clearings = 0
        /// By whose lease it began; nil where one gateway is alone.
        var gateway: Int64?
        var sendings = 0
        var outcomes = 0
        var outcome: String?
        var isWithheld = false
        /// Why it no longer stood when the provider's answer came back.
        var revoked: String?
    }

    struct Labels {
        var isOutsider = false
        var readers: Set<String>?
        var lastUsed: Int64 = 0

        /// Forgotten after twelve hours and ten minutes without a use.
        func isForgotten(at time: Int64) -> Bool { time - lastUsed > 730 * 60_000_000 }
    }

    var organizations: [String: Bool] = [:]
    var people: [String: Bool] = [:]
    var agents: [String: Agent] = [:]
    var tokens: [String: Token] = [:]
    /// `effect/class` by organization, agent and person.
    var agreements: [String: Set<String>] = [:]
    var connections: [String: Connection] = [:]
    var approvals: [String: Ask] = [:]
    var windows: [String: Window] = [:]
    var calls: [String: Call] = [:]
    var histories: [String: [Operation<ApprovalRegister.Action>]] = [:]
    var labels: [String: Labels] = [:]
    /// From which gateways others have taken over, by their leases.
    var ended: Set<Int64> = []
    /// How often labels were cleared.
    var clearings = 0
    var grants: [String: Grant] = [:]
    var budgets: [String: (number: Int64, used: Int)] = [:]

    func isEnded(_ gateway: Int64?) -> Bool { gateway.map(ended.contains) ?? false }

    /// Why nothing may be done for this call now; nil when all that it stands on stands.
    func standing(of call: Call) -> String? {
        let place = call.organization + "/"
        if organizations[call.organization] != true { return "\(call.organization) is stopped" }
        if agents[place + call.agent]?.isActive != true { return "\(call.agent) isn't active" }
        if people[place + call.requester] != true { return "\(call.requester) isn't active" }
        guard let token = tokens[call.client], token.isActive, token.organization == call.organization,
            token.person == call.requester, token.agents.contains(call.agent)
        else { return "the token \(call.client) isn't good for this" }
        if let connection = call.connection, connections[connection]?.isHealthy != true {
            return "\(connection) isn't healthy"
        }
        return nil
    }
}
