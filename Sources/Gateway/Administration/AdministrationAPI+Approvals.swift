import Authority
import Gate
import Registry
import Wire

/// What an operator may do about people's answers: look at what waits, and hand out links. Never answer.
extension AdministrationAPI {
    func makeLogin(_ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(body, keys: ["person"])
        guard let url = publicURL() else {
            throw RegistryError(
                .refused, "no gateway runs that a browser could reach", hint: "start it with `deputy serve`")
        }
        let person = PersonID(try reader.required("person"))
        let secret = try await browsers.makeLink(for: person, by: administrator, in: organization)
        return ["person": .string(person.raw), "link": .string("\(url)/login/\(secret)"), "seconds": 600]
    }

    /// Without arguments and without the words of anybody: those are for who may answer.
    func listApprovals(_ query: [String: String]) async throws -> JSON {
        let isAll = query["all"] == "true"
        let found = try await gate.listApprovals(in: organization, pending: !isAll)
        var listed: [JSON] = []
        for approval in found { listed.append(await json(approval)) }
        return ["approvals": .array(listed)]
    }

    func showApproval(_ id: ApprovalID) async throws -> JSON {
        let all = try await gate.listApprovals(in: organization, pending: false)
        guard let approval = all.first(where: { $0.id == id }) else {
            throw RegistryError(
                .unknown, "no approval has the id `\(id)`",
                hint: suggestion(for: id.raw, among: all.map(\.id.raw))
                    ?? "list them with `deputy approvals list --all`")
        }
        return await json(approval)
    }

    private func json(_ approval: Approval) async -> JSON {
        var object: JSONObject = [
            "id": .string(approval.id.raw), "agent": .string(approval.call.agent.raw),
            "tool": .string(approval.call.tool), "effect": .string(approval.call.effect.rawValue),
            "requester": .string(approval.call.requester.shown), "state": .string(approval.state.name),
            "what": .string(approval.state.sentence),
            "approvers": .array(approval.approvers.sorted().map { .string($0.raw) }),
            "agreed": .array(approval.yes.sorted().map { .string($0.raw) }), "digest": .string(approval.digest.hex),
            "created": .number(JSONNumber(approval.created.microseconds)),
            "expires": .number(JSONNumber(approval.expires.microseconds)),
        ]
        if approval.state == .waiting, shelf.find(approval.call.tool) == nil {
            object["obstacle"] = .string(await servers.absence(of: approval.call.tool, in: organization))
        }
        if let account = approval.binding.account { object["account"] = .string(account) }
        if let url = publicURL() {
            object["link"] = .string(PageLinks(publicURL: url).approval(approval.id))
        }
        return .object(object)
    }
}
