import Authority
import Definition
import Gate
import Registry
import Wire

extension AdministrationAPI {
    func plan(_ body: JSONObject) async throws -> JSON {
        let (files, options, _) = try files(in: body)
        let rehearsal = try await administration.rehearse(files, options, in: organization)
        return try await json(rehearsal.plan, in: rehearsal)
    }

    func apply(_ body: JSONObject) async throws -> JSON {
        let (files, options, expecting) = try files(in: body)
        return try await json(
            try await administration.apply(
                files, options, expecting: expecting, by: administrator, in: organization), in: nil)
    }

    /// How definition files are taken for a call that is only thought of; nil without files.
    func rehearsal(of body: JSONObject) async throws -> Rehearsal? {
        guard body["files"] != nil else { return nil }
        let (files, options, _) = try files(in: body)
        return try await administration.rehearse(files, options, in: organization)
    }

    private func files(in body: JSONObject) throws(BodyError) -> ([DefinitionFile], ApplyOptions, Digest?) {
        let reader = try BodyReader(
            body, keys: ["files", "asAgent", "owner", "expecting", "acknowledgeOwnAccount", "overwriteDrift", "prune"])
        var files: [DefinitionFile] = []
        for file in body["files"]?.arrayValue ?? [] {
            guard let name = file["name"]?.stringValue, let text = file["text"]?.stringValue else {
                throw BodyError(message: "each of `files` has a `name` and a `text`", hint: nil)
            }
            files.append(DefinitionFile(name: name, text: text))
        }
        guard !files.isEmpty else { throw BodyError(message: "`files` is empty", hint: nil) }
        return (
            files,
            ApplyOptions(
                asAgent: try reader.flag("asAgent"), owner: try reader.text("owner").map { PersonID($0) },
                acknowledgesOwnAccounts: try reader.flag("acknowledgeOwnAccount"),
                overwritesDrift: try reader.flag("overwriteDrift"), prunes: try reader.flag("prune")),
            try reader.text("expecting").flatMap { Digest(hex: $0) }
        )
    }

    /// - Parameter rehearsal: what was only planned; nil for what is so by now.
    private func json(_ plan: Plan, in rehearsal: Rehearsal?) async throws -> JSON {
        let tokens = try await administration.tokens(in: organization)
        var replays: [AgentID: JSON] = [:]
        for change in plan.agents { replays[change.agent] = try await replay(change, among: tokens, in: rehearsal) }
        return [
            "changes": .bool(!plan.isEmpty), "digest": .string(plan.digest.hex),
            "organization": .array(plan.organization.map(json)),
            "newly": .array(plan.newlyForAll.map { .string($0) }),
            "people": .array(plan.people.map { .string($0.raw) }),
            "agents": .array(
                plan.agents.map { change in
                    [
                        "agent": .string(change.agent.raw), "change": change.isNew ? "add" : "change",
                        "keys": .array(change.keys.map(json)),
                        "newly": .array(change.sentences.map { .string($0) }),
                        "replay": replays[change.agent] ?? [],
                        "warnings": .array(change.warnings.map { .string($0.sentence) }),
                    ]
                }), "bindings": .bool(plan.changesBindings),
            "pruned": .array(plan.pruned.map { .string($0.raw) }),
            "prunable": .array(plan.prunable.map { .string($0.raw) }),
            "suspended": .array(plan.suspended.map { .string($0.raw) }), "drift": .array(plan.drift.map(\.json)),
            "unnamed": .array(plan.unnamed.map { .string($0.raw) }),
            "unavailable": .array(plan.unavailable.map { .string($0) }),
        ]
    }

    /// The calls that show what is new, each with what it comes to for this person as things are.
    private func replay(
        _ change: Plan.AgentChange, among tokens: [TokenRecord], in rehearsal: Rehearsal?
    ) async throws -> JSON {
        var cases: [JSON] = []
        for call in change.replays {
            switch try await foresee(call, among: tokens, in: rehearsal).explanation {
            case .decision(let decision, _):
                cases.append(["command": .string(call.command), "verdict": .string(decision.verdict.name)])
            case .invalid, .noSuchAgent, .noSuchTool: continue
            }
        }
        return .array(cases)
    }

    private func json(_ change: Plan.KeyChange) -> JSON {
        ["key": .string(change.key), "before": change.before ?? .null, "after": change.after ?? .null]
    }

    func showDrift() async throws -> JSON {
        ["drift": .array(try await administration.drift(in: organization).map(\.json))]
    }

    func clone(_ id: AgentID, _ body: JSONObject) async throws -> JSON {
        let copy = try AgentCopy(body)
        let view = try await administration.clone(
            id, as: copy.name, copy.actsAs, owner: copy.owner, tier: copy.tier, principals: copy.principals,
            by: administrator, in: organization)
        _ = workspaces.write(view.definition, false)
        return view.json
    }

    func setStanding(_ id: AgentID, _ standing: Standing) async throws -> JSON {
        try await administration.setStanding(standing, of: id, by: administrator, in: organization).json
    }
}

extension Drift {
    fileprivate var json: JSON {
        var object: JSONObject = [
            "subject": .string(subject.text), "key": .string(key), "applied": applied ?? .null, "now": now ?? .null,
            "undone": .bool(isUndone), "message": .string(sentence),
        ]
        object["by"] = by.map { .string($0) }
        object["at"] = at.map { .number(JSONNumber($0.microseconds)) }
        return .object(object)
    }
}
