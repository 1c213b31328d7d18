import Authority
import Broker
import Registry
import Wire

extension AdministrationAPI {
    func listChoices() async throws -> JSON {
        let rows = Dictionary(
            try await desk.list(in: organization, of: nil).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let choices = try await desk.choices(in: organization)
        return ["choices": .array(choices.map { $0.json(rows[$0.chosen.connection]) })]
    }

    func chooseAccount(_ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(body, keys: ["connection", "agent", "person"])
        let (id, agent) = (ConnectionID(try reader.required("connection")), AgentID(try reader.required("agent")))
        let owner = try owner(reader, agent)
        let choice = try await chooser.choose(id, of: owner, for: agent, by: administrator)
        let row = try await desk.list(in: organization, of: owner).first { $0.id == id }
        return choice.json(row)
    }

    func takeBackChoice(_ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(body, keys: ["provider", "agent", "person"])
        let (agent, provider) = (AgentID(try reader.required("agent")), ProviderID(try reader.required("provider")))
        let owner = try owner(reader, agent)
        try await desk.takeBackChoice(
            of: owner, at: provider, for: agent, by: administrator.text, in: organization)
        return ["agent": .string(agent.raw), "provider": .string(provider.raw), "chosen": .null]
    }

    private var chooser: AccountChooser {
        AccountChooser(administration: administration, desk: desk, organization: organization)
    }

    /// A person's, where one is named; else the agent's own.
    private func owner(_ reader: BodyReader, _ agent: AgentID) throws(BodyError) -> Owner {
        try reader.text("person").map { .person(PersonID($0)) } ?? .agent(agent)
    }
}

extension AccountChoice {
    /// - Parameter row: the connection; nil when it isn't there any more.
    fileprivate func json(_ row: ConnectionRecord?) -> JSON {
        let owner: String =
            switch owner {
            case .person(let person): "person:\(person)"
            case .agent(let agent): "agent:\(agent)"
            case .organization: "organization"
            }
        let isThere = row?.account == chosen.account
        return [
            "agent": .string(agent.raw), "owner": .string(owner), "provider": .string(provider.raw),
            "connection": .string(chosen.connection.raw), "account": .string(chosen.account),
            "account_name": .string(isThere ? row?.email ?? row?.accountName ?? chosen.account : chosen.account),
            "health": .string(isThere ? row?.healthName ?? "gone" : "gone"), "by": .string(by),
        ]
    }
}
