public import Authority
public import Wire

extension Approval {
    /// As it is stored. Reading it back gives an equal approval.
    public var json: JSON {
        var object: JSONObject = [
            "id": .string(id.raw), "call": call.json, "binding": binding.json, "digest": .string(digest.hex),
            "asked": .string(asked.hex), "needs": .array(needs.map(JSON.init(people:))),
            "allowsWindow": .bool(allowsWindow), "created": .number(JSONNumber(created.microseconds)),
            "expires": .number(JSONNumber(expires.microseconds)), "yes": JSON(people: yes), "state": state.json,
        ]
        if let editedFrom { object["editedFrom"] = .string(editedFrom.raw) }
        return .object(object)
    }

    /// Nil when it isn't an approval as `json` gives it.
    public init?(json: JSON) {
        guard let id = json["id"]?.stringValue, let call = json["call"].flatMap(ParkedCall.init),
            let binding = json["binding"].flatMap(CallBinding.init),
            let digest = json["digest"]?.stringValue.flatMap({ Digest(hex: $0) }),
            let asked = json["asked"]?.stringValue.flatMap({ Digest(hex: $0) }),
            let needs = json["needs"]?.arrayValue?.map(\.people), let allowsWindow = json["allowsWindow"]?.boolValue,
            let created = json["created"]?.integerValue, let expires = json["expires"]?.integerValue,
            let state = json["state"].flatMap(ApprovalState.init)
        else { return nil }
        self.init(
            id: ApprovalID(id), call: call, binding: binding, digest: digest, asked: asked, needs: needs,
            allowsWindow: allowsWindow, created: Timestamp(microseconds: created),
            expires: Timestamp(microseconds: expires),
            editedFrom: json["editedFrom"]?.stringValue.map { ApprovalID($0) }, yes: json["yes"]?.people ?? [],
            state: state)
    }
}

extension GrantWindow {
    /// As it is stored. Reading it back gives an equal window.
    public var json: JSON {
        var object: JSONObject = [
            "id": .string(id.raw), "approval": .string(approval.raw), "call": call.json, "binding": binding.json,
            "by": .string(by.raw), "created": .number(JSONNumber(created.microseconds)),
            "until": .number(JSONNumber(until.microseconds)), "state": state.json,
        ]
        switch scope {
        case .arguments(let digest): object["arguments"] = .string(digest.hex)
        case .destinations(let names): object["destinations"] = .array(names.sorted().map { .string($0) })
        }
        if let usesLeft { object["usesLeft"] = .number(JSONNumber(usesLeft)) }
        return .object(object)
    }

    /// Nil when it isn't a window as `json` gives it.
    public init?(json: JSON) {
        let scope: Scope
        if let digest = json["arguments"]?.stringValue.flatMap({ Digest(hex: $0) }) {
            scope = .arguments(digest)
        } else if let names = json["destinations"]?.arrayValue {
            scope = .destinations(Set(names.compactMap(\.stringValue)))
        } else {
            return nil
        }
        guard let id = json["id"]?.stringValue, let approval = json["approval"]?.stringValue,
            let call = json["call"].flatMap(ParkedCall.init), let binding = json["binding"].flatMap(CallBinding.init),
            let by = json["by"]?.stringValue, let created = json["created"]?.integerValue,
            let until = json["until"]?.integerValue, let state = json["state"].flatMap(State.init)
        else { return nil }
        self.init(
            id: WindowID(id), approval: ApprovalID(approval), call: call, binding: binding, scope: scope,
            by: PersonID(by), created: Timestamp(microseconds: created), until: Timestamp(microseconds: until),
            usesLeft: json["usesLeft"]?.integerValue.flatMap { Int(exactly: $0) }, state: state)
    }
}

extension GrantWindow.State {
    fileprivate var json: JSON {
        switch self {
        case .open, .usedUp: ["name": .string(name)]
        case .revoked(let person): ["name": .string(name), "by": .string(person.raw)]
        case .void(let reason): ["name": .string(name), "reason": .string(reason)]
        }
    }

    fileprivate init?(_ json: JSON) {
        switch json["name"]?.stringValue {
        case "open": self = .open
        case "used up": self = .usedUp
        case "revoked": self = .revoked(by: PersonID(json["by"]?.stringValue ?? ""))
        case "void": self = .void(json["reason"]?.stringValue ?? "")
        case .some, .none: return nil
        }
    }
}

extension ApprovalState {
    fileprivate var json: JSON {
        switch self {
        case .waiting, .approved, .expired: ["name": .string(name)]
        case .spent(let call), .answered(let call), .delivered(let call):
            ["name": .string(name), "call": .string(call.raw)]
        case .denied(let person, let reason):
            ["name": .string(name), "by": .string(person.raw), "reason": .string(reason)]
        case .void(let reason): ["name": .string(name), "reason": .string(reason)]
        case .replaced(let other, let editor):
            ["name": .string(name), "by": .string(other.raw), "editor": .string(editor.raw)]
        }
    }

    fileprivate init?(_ json: JSON) {
        let by = json["by"]?.stringValue ?? ""
        let call = CallID(json["call"]?.stringValue ?? "")
        let reason = json["reason"]?.stringValue ?? ""
        switch json["name"]?.stringValue {
        case "waiting": self = .waiting
        case "approved": self = .approved
        case "spent": self = .spent(call)
        case "answered": self = .answered(call)
        case "delivered": self = .delivered(call)
        case "denied": self = .denied(by: PersonID(by), reason: reason)
        case "expired": self = .expired
        case "void": self = .void(reason)
        case "replaced": self = .replaced(by: ApprovalID(by), editor: PersonID(json["editor"]?.stringValue ?? ""))
        case .some, .none: return nil
        }
    }
}

extension ParkedCall {
    var json: JSON {
        var object: JSONObject = [
            "organization": .string(organization.raw), "agent": .string(agent.raw), "requester": requester.json,
            "client": .string(client.raw), "trigger": .string(trigger.rawValue), "tool": .string(tool),
            "effect": .string(effect.rawValue),
        ]
        if let principal { object["principal"] = .string(principal.raw) }
        return .object(object)
    }

    init?(_ json: JSON) {
        guard let organization = json["organization"]?.stringValue, let agent = json["agent"]?.stringValue,
            let requester = json["requester"].flatMap(Requester.init), let client = json["client"]?.stringValue,
            let trigger = json["trigger"]?.stringValue.flatMap(Trigger.init(rawValue:)),
            let tool = json["tool"]?.stringValue,
            let effect = json["effect"]?.stringValue.flatMap(Effect.init(rawValue:))
        else { return nil }
        self.init(
            organization: OrganizationID(organization), agent: AgentID(agent), requester: requester,
            client: ClientID(client), trigger: trigger, tool: tool, effect: effect,
            principal: json["principal"]?.stringValue.map { PersonID($0) })
    }
}

extension CallBinding {
    var json: JSON {
        var object: JSONObject = ["definition": .string(definition.hex), "pin": .string(pin.hex)]
        if let connection { object["connection"] = .string(connection.raw) }
        if let account { object["account"] = .string(account) }
        return .object(object)
    }

    init?(_ json: JSON) {
        guard let definition = json["definition"]?.stringValue.flatMap({ Digest(hex: $0) }),
            let pin = json["pin"]?.stringValue.flatMap({ Digest(hex: $0) })
        else { return nil }
        self.init(
            definition: definition, pin: pin, connection: json["connection"]?.stringValue.map { ConnectionID($0) },
            account: json["account"]?.stringValue)
    }
}

extension Requester {
    /// `["person", "alice"]`, `["guest", "mail:pat@x.example"]` or `["nobody"]`.
    public var json: JSON {
        switch self {
        case .person(let person): ["person", .string(person.raw)]
        case .guest(let sender): ["guest", .string(sender.raw)]
        case .nobody: ["nobody"]
        }
    }

    public init?(_ json: JSON) {
        let parts = json.arrayValue?.compactMap(\.stringValue) ?? []
        switch (parts.first, parts.count) {
        case ("person", 2): self = .person(PersonID(parts[1]))
        case ("guest", 2): self = .guest(SenderID(parts[1]))
        case ("nobody", 1): self = .nobody
        case (.some, _), (.none, _): return nil
        }
    }

    /// The reverse of ``text``.
    init?(text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        switch (parts.first, parts.count) {
        case ("person", 2): self = .person(PersonID(parts[1]))
        case ("guest", 2): self = .guest(SenderID(parts[1]))
        case ("nobody", 1): self = .nobody
        case (.some, _), (.none, _): return nil
        }
    }

    /// As leaves name them.
    public var text: String {
        switch self {
        case .person(let person): "person:\(person)"
        case .guest(let sender): "guest:\(sender)"
        case .nobody: "nobody"
        }
    }
}

extension JSON {
    fileprivate init(people: Set<PersonID>) { self = .array(people.sorted().map { .string($0.raw) }) }

    fileprivate var people: Set<PersonID> { Set((arrayValue ?? []).compactMap(\.stringValue).map { PersonID($0) }) }
}
