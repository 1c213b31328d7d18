public import Authority
public import Gate
import Turns
import Wire

extension ActionGate {
    /// Whether a person may talk to an agent on the gateway's own pages, and it isn't suspended.
    ///
    /// - Returns: nil when the gateway can't read its own state.
    public func mayUse(_ agent: AgentID, _ person: PersonID, in organization: OrganizationID) async -> Bool? {
        guard let talk = TalkPlace(organization: organization, kind: .web, agent: agent, name: "any") else {
            return false
        }
        let request = ToolCallRequest(
            organization: organization, agent: agent, requester: .person(person),
            client: talk.session(of: person).client,
            trigger: .message, tool: "", arguments: [:])
        switch await list(for: request) {
        case .tools: return true
        case .nothing(let findings): return !findings.contains { $0.rule == .agentInactive }
        case .noSuchAgent: return false
        case .unavailable: return nil
        }
    }
}
