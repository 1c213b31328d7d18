import Authority
import Broker
import Registry
import Wire

extension AdministrationAPI {
    /// A link for the one person who may make the connection: the owner, or for an agent's own the agent's owner. It names
    /// what is to be made and carries no authority.
    func connectByPage(_ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(body, keys: ["provider", "person", "agent"])
        guard let url = publicURL() else {
            throw RegistryError(
                .refused, "no gateway runs that a browser could reach", hint: "start it with `deputy serve`")
        }
        let provider = ProviderID(try reader.required("provider"))
        let aim = try await aim(at: provider, reader)
        _ = try await guide.party(of: aim)
        guard try await guide.desk.service(for: aim) != nil else {
            // Says which of both is missing, and the way out.
            try await guide.desk.requireApp(for: aim)
            throw RegistryError(.refused, "`\(provider)` can't be connected in a browser")
        }
        let flow = try await guide.desk.open(aim)
        return [
            "flow": .string(flow.id.raw), "provider": .string(provider.raw), "person": .string(aim.person.raw),
            "link": .string(url + flow.path),
        ]
    }

    private func aim(at provider: ProviderID, _ reader: BodyReader) async throws -> ConnectAim {
        switch (try reader.text("person"), try reader.text("agent")) {
        case (let name?, nil):
            let person = try await administration.person(PersonID(name), in: organization)
            return ConnectAim(
                organization: organization, person: person.id, owner: .person(person.id), agent: nil,
                provider: provider)
        case (nil, let name?):
            let view = try await administration.agent(AgentID(name), in: organization)
            guard view.definition.slots.contains(Slot(provider: provider, owner: .agent)) else {
                throw RegistryError(
                    .refused, "`\(name)` uses no account of its own at `\(provider)`",
                    hint:
                        "its slots say whose accounts it uses: `deputy agents show \(name)`; a person's is connected with "
                        + "`--person`")
            }
            return ConnectAim(
                organization: organization, person: view.definition.owner, owner: .agent(view.record.id),
                agent: view.record.id, provider: provider)
        case (nil, nil), (.some, .some):
            throw BodyError(message: "a connection has one owner", hint: "name either a person or an agent")
        }
    }
}
