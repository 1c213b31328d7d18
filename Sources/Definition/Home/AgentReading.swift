import Authority
import Wire

extension SourceReader {
    func agent(_ node: JSON5Node) -> HomeDefinition.Agent? {
        guard let object = object(node, .agent, what: "an agent"), let id = object.requiredText("id") else {
            return nil
        }
        var given: JSONObject = [:]
        var places: [String: SourceProblem.Place] = [:]
        for key in DefinitionKeys.mandate + DefinitionKeys.about {
            guard let node = object[key] else { continue }
            places[key] = place(node.position)
        }
        for key in DefinitionKeys.mandate {
            if let node = object[key] { given[key] = node.json }
        }
        if let node = object[ModelSlot.listKey] {
            places.merge(modelPlaces(node)) { first, _ in first }
        }
        var unavailable: [HomeDefinition.Unavailable] = []
        if let node = object["tools"], let tools = self.object(node, .tools, what: "`tools`") {
            for (key, stored) in [("use", "tools"), ("allow", "allow"), ("deny", "deny")] {
                guard let list = tools[key] else { continue }
                places[stored] = place(list.position)
                let names = tools.texts(key)
                let known = names.filter(KnownNames.isUnavailable)
                unavailable += known.map { HomeDefinition.Unavailable(list: stored, name: $0) }
                given[stored] = .array(names.filter { !known.contains($0) }.map { .string($0) })
            }
        }
        check(shapesOf: given, places)
        return HomeDefinition.Agent(
            id: AgentID(id), given: given, about: about(object), unavailable: unavailable, place: place(node.position),
            places: places)
    }

    /// The same reading that a stored definition gets, with each problem at its key.
    private func check(shapesOf given: JSONObject, _ places: [String: SourceProblem.Place]) {
        do throws(DefinitionProblems) {
            _ = try AgentDefinition(json: .object(given), organization: OrganizationID(""), agent: AgentID(""))
        } catch {
            for found in error.problems {
                let position = places[found.place]?.position ?? SourcePosition(line: 1, column: 1)
                problem(found.message, at: position, hint: found.hint)
            }
        }
    }

    func about(_ object: SourceObject) -> JSONObject {
        var about: JSONObject = [:]
        for key in ["name", "workspace", "agentDir"] {
            if let text = object.text(key) { about[key] = .string(text) }
        }
        if object["default"] != nil { about["default"] = .bool(object.flag("default")) }
        if let node = object["identity"],
            let identity = self.object(node, .identity, what: "`identity`")
        {
            about["identity"] = .object(
                JSONObject(
                    DefinitionKeys.names(of: .identity).compactMap { key in
                        identity.text(key).map { (key, .string($0)) }
                    }))
        }
        if let node = object["sandbox"] { about["sandbox"] = sandbox(node) }
        if let node = object["audit"], let audit = self.object(node, .audit, what: "`audit`"), let days = days(audit) {
            about["audit"] = days
        }
        if let node = object[Schedule.listKey], let schedules = schedules(node) { about[Schedule.listKey] = schedules }
        if let node = object["transcripts"], let days = transcripts(node, .transcripts) { about["transcripts"] = days }
        return about
    }

    /// How long what was said is kept.
    func transcripts(_ node: JSON5Node, _ place: DefinitionKeys.Place) -> JSON? {
        object(node, place, what: "`transcripts`").flatMap { days($0, most: TranscriptDays.longest) }
    }

    private func days(_ object: SourceObject, most: Int64 = .max) -> JSON? {
        guard let days = object.required("retainDays") else { return nil }
        guard let number = days.json.integerValue, number > 0 else {
            problem("`retainDays` must be a whole number of days", at: days.position)
            return nil
        }
        guard number <= most else {
            problem("`retainDays` can't be more than \(most)", at: days.position)
            return nil
        }
        return ["retainDays": days.json]
    }

    private enum SandboxMode: String, CaseIterable {
        case off
        case nonMain = "non-main"
        case all
    }

    private enum SandboxScope: String, CaseIterable {
        case agent, session, shared
    }

    private enum WorkspaceAccess: String, CaseIterable {
        case none
        case read = "ro"
        case write = "rw"
    }

    private func sandbox(_ node: JSON5Node) -> JSON? {
        guard let object = object(node, .sandbox, what: "`sandbox`") else {
            return nil
        }
        if let node = object["mode"] { _ = word(node, of: SandboxMode.self, what: "`mode`") }
        if let node = object["scope"] { _ = word(node, of: SandboxScope.self, what: "`scope`") }
        if let node = object["workspaceAccess"] {
            _ = word(node, of: WorkspaceAccess.self, what: "`workspaceAccess`")
        }
        return node.json
    }
}
