import Authority
import Gate

/// What clients know: their tokens, and what they have asked for.
struct ClientBook {
    struct Client {
        let organization: OrganizationID
        let person: PersonID
        let id: ClientID
        let token: String
    }

    var clients: [Client] = []
    /// What was asked lately, the newest last, by whoever may ask it again.
    private(set) var asked: [(client: Client, agent: AgentID, tool: String, choice: Int)] = []

    mutating func note(_ client: Client, _ agent: AgentID, _ tool: String, _ choice: Int) {
        asked.append((client, agent, tool, choice))
        if asked.count > 12 { asked.removeFirst() }
    }
}
