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
}
