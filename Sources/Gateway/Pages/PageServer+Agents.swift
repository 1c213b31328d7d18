import Authority
import Hummingbird
import Registry
import Wire

/// An agent that a person may edit or copy, for their terminal. In a browser there is nothing here.
extension PageServer {
    func addAgents(to router: Router<GatewayContext>) {
        get("/agents/:id", router, agent)
        post("/agents/:id/edit", router, editAgent)
        post("/agents/:id/clone", router, cloneAgent)
    }

    /// Who may edit it sees its definition.
    @Sendable func agent(_ visit: Visit) async throws -> Response {
        let id = try agentID(visit)
        try await desks.administration.require(.edit, of: visit.person, on: id, in: visit.organization)
        return json(try await desks.administration.agent(id, in: visit.organization).json, .ok)
    }

    @Sendable func editAgent(_ visit: Visit) async throws -> Response {
        let id = try agentID(visit)
        let edit = try AgentEdit(try body(visit), of: id)
        let view = try await desks.administration.editAgent(
            id, changes: edit.changes, about: edit.about, acknowledged: edit.acknowledged, expecting: edit.expecting,
            by: .person(visit.person), in: visit.organization)
        return json(view.json, .ok)
    }

    /// The copy is theirs, whoever owns the first one.
    @Sendable func cloneAgent(_ visit: Visit) async throws -> Response {
        let id = try agentID(visit)
        let copy = try AgentCopy(try body(visit))
        let view = try await desks.administration.clone(
            id, as: copy.name, copy.actsAs, owner: visit.person, tier: copy.tier, principals: copy.principals,
            by: .person(visit.person), in: visit.organization)
        _ = desks.workspaces.write(view.definition, false)
        return json(view.json, .ok)
    }

    private func agentID(_ visit: Visit) throws(PageRefusal) -> AgentID {
        guard visit.isForTerminal else { throw .notFound }
        return AgentID(visit.parameter)
    }

    private func body(_ visit: Visit) throws -> JSONObject {
        guard let text = visit.form["body"], let body = try? JSON.parse(Array(text.utf8)).objectValue else {
            throw BodyError(message: "the body isn't a JSON object", hint: nil)
        }
        return body
    }
}
