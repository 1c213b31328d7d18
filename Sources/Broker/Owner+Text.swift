public import Authority

extension Owner {
    /// As leaves and commands have it: `person:alice`, `agent:email` or `organization`.
    public var text: String {
        switch self {
        case .person(let person): "person:\(person)"
        case .agent(let agent): "agent:\(agent)"
        case .organization: "organization"
        }
    }

    /// Reads what `text` gives.
    init?(text: String) {
        if text.hasPrefix("person:") {
            self = .person(PersonID(String(text.dropFirst(7))))
        } else if text.hasPrefix("agent:") {
            self = .agent(AgentID(String(text.dropFirst(6))))
        } else if text == "organization" {
            self = .organization
        } else {
            return nil
        }
    }
}
