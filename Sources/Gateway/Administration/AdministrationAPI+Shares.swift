import Authority
public import Broker
import Gate
public import Registry
import Wire

extension AdministrationAPI {
    func listShares(of agent: AgentID) async throws -> JSON {
        let view = try await administration.agent(agent, in: organization)
        let shares = try await administration.shares(of: agent, in: organization)
        return [
            "agent": .string(agent.raw), "users": view.record.definition["users"] ?? [],
            "owner": .string(view.definition.owner.raw),
            "shares": .array(
                shares.map { share in
                    [
                        "with": .string(share.grantee.text), "rights": share.rightNames, "by": .string(share.by),
                        "at": .number(JSONNumber(share.at.microseconds)),
                    ]
                }),
        ]
    }

    /// Computes who would gain what, and with `preflight` does nothing else.
    func share(_ agent: AgentID, _ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(body, keys: ["with", "rights", "acknowledgeOwnAccount", "preflight"])
        let grantee = try grantee(reader)
        let rights = try rights(reader)
        if try reader.flag("preflight") {
            let found = try await administration.preflight(
                agent, with: grantee, rights: rights, in: organization)
            return json(found, grantee, rights, isShared: false)
        }
        let found = try await administration.share(
            agent, with: grantee, rights: rights, acknowledged: try reader.flag("acknowledgeOwnAccount"),
            by: administrator, in: organization)
        return json(found, grantee, rights, isShared: true)
    }

    func unshare(_ agent: AgentID, _ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(body, keys: ["with", "rights"])
        let grantee = try grantee(reader)
        try await administration.unshare(
            agent, with: grantee, rights: try rights(reader), by: administrator, in: organization)
        return ["agent": .string(agent.raw), "with": .string(grantee.text), "unshared": true]
    }

    func editAgent(_ id: AgentID, _ body: JSONObject) async throws -> JSON {
        let edit = try AgentEdit(body, of: id)
        return try await administration.editAgent(
            id, changes: edit.changes, about: edit.about, acknowledged: edit.acknowledged, expecting: edit.expecting,
            by: administrator, in: organization
        ).json
    }

    private func grantee(_ reader: BodyReader) throws -> Grantee {
        let text = try reader.required("with")
        guard let grantee = Grantee(text: text) else {
            throw BodyError(
                message: "an agent can't be shared with `\(text)`",
                hint: "one of `person:NAME`, `group:NAME`, `organization`")
        }
        return grantee
    }

    private func rights(_ reader: BodyReader) throws -> Set<ShareRight> {
        Set(
            try reader.texts("rights").map { text throws(BodyError) in
                if let right = ShareRight(rawValue: text) { return right }
                let known = ShareRight.allCases.map(\.rawValue)
                throw BodyError(
                    message: "no right is called `\(text)`",
                    hint: suggestion(for: text, among: known)
                        ?? "one of \(known.map { "`\($0)`" }.joined(separator: ", "))")
            })
    }

    private func json(
        _ preflight: Preflight, _ grantee: Grantee, _ rights: Set<ShareRight>, isShared: Bool
    ) -> JSON {
        [
            "agent": .string(preflight.agent.raw), "with": .string(grantee.text), "shared": .bool(isShared),
            "rights": .array(rights.map(\.rawValue).sorted().map { .string($0) }),
            "gains": .array(
                preflight.gains.map { gain in
                    [
                        "people": .array(gain.people.map { .string($0.raw) }),
                        "reach": .array(gain.reach.map(\.json)),
                    ]
                }),
            "warnings": .array(
                preflight.warnings.map { warning in
                    [
                        "provider": .string(warning.provider.raw), "account": .string(warning.account),
                        "holder": .string(warning.holder.raw),
                        "people": .array(warning.people.map { .string($0.raw) }),
                        "message": .string(warning.sentence),
                    ]
                }),
            "sentences": .array(preflight.sentences.map { .string($0) }),
        ]
    }
}

extension Reach {
    fileprivate var json: JSON {
        var object: JSONObject = [
            "tool": .string(tool.name), "provider": .string(tool.provider.raw),
            "effect": .string(tool.effect.rawValue), "destinations": .string(destinations.rawValue),
            "verdict": .string(approvers == nil ? "permit" : "ask"),
        ]
        switch owner {
        case .person(let person): object["account_of"] = .string("person:\(person)")
        case .agent(let agent): object["account_of"] = .string("agent:\(agent)")
        case .none: break
        }
        if let approvers { object["approvers"] = .array(approvers.sorted().map { .string($0.raw) }) }
        return .object(object)
    }
}

extension ConnectionRecord {
    /// As the registry needs to know it.
    public var held: HeldAccount { HeldAccount(connection: use.facts, name: accountName, email: email?.lowercased()) }
}
