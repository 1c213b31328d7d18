import Authority
import Wire

extension SourceReader {
    func tool(_ node: JSON5Node, provider: String) -> ToolManifest? {
        let keys = [
            "name", "title", "description", "effect", "scopes", "mayNeed", "arguments", "labels", "request", "verify",
            "answerSubject",
        ]
        guard let object = object(node, keys: keys, what: "a tool"), let name = object.requiredText("name"),
            let effect = object.required("effect").flatMap({ word($0, of: Effect.self, what: "`effect`") }),
            let labels = object.required("labels").flatMap(labels),
            let template = object.required("request")
        else { return nil }
        checkName(name, provider: provider, at: node.position)
        let arguments = object.entries("arguments").compactMap(argument)
        let names = Set(arguments.map(\.manifest.name))
        if effect == .send || effect == .share, !arguments.contains(where: { $0.manifest.role == .destination }) {
            problem(
                "`\(name)` has the effect `\(effect.rawValue)` and no argument that says to whom", at: node.position,
                hint: "give one of its arguments the role `destination`")
        }
        guard let request = request(template, arguments: names),
            let schema = schema(of: arguments, at: node.position)
        else { return nil }
        return ToolManifest(
            name: name, title: object.text("title") ?? name, text: object.requiredText("description") ?? "",
            effect: effect, scopes: object.texts("scopes"), mayNeed: object.texts("mayNeed"),
            arguments: arguments.map(\.manifest), labels: labels,
            request: request, verify: object["verify"].flatMap { self.request($0, arguments: names) },
            answerSubject: pointer("answerSubject", of: object), schema: schema)
    }

    /// Tool names are `provider.name` in the characters that MCP clients take.
    func checkName(_ name: String, provider: String, at position: SourcePosition) {
        let isPlain = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"),
                UInt8(ascii: "."):
                true
            default: false
            }
        }
        if !isPlain || !name.hasPrefix(provider + ".") || name.utf8.count > 64 {
            problem(
                "`\(name)` can't be a tool's name", at: position,
                hint: "write `\(provider).` and then lower-case letters, digits and `_`, 64 characters at most")
        }
    }

    private struct Argument {
        let manifest: ArgumentManifest
        let schema: JSON
    }

    /// An argument is its schema, with `role` and `required` beside the schema's own keywords.
    private func argument(_ member: JSON5Member) -> Argument? {
        guard case .object(let members) = member.node.value else {
            problem("the argument `\(member.key)` must be an object", at: member.node.position)
            return nil
        }
        guard let roleNode = members.first(where: { $0.key == "role" })?.node else {
            problem("the argument `\(member.key)` lacks `role`", at: member.node.position)
            return nil
        }
        guard let role = word(roleNode, of: Role.self, what: "`role`") else { return nil }
        var isRequired = false
        var schema: JSONObject = [:]
        for part in members where part.key != "role" {
            if part.key == "required", case .bool(let value) = part.node.value {
                isRequired = value
            } else {
                schema[part.key] = part.node.json
            }
        }
        return Argument(
            manifest: ArgumentManifest(name: member.key, role: role, isRequired: isRequired), schema: .object(schema))
    }

    private func schema(of arguments: [Argument], at position: SourcePosition) -> JSONSchema? {
        let required = arguments.filter(\.manifest.isRequired).map { JSON.string($0.manifest.name) }
        var schema: JSONObject = [
            "type": "object",
            "properties": .object(JSONObject(arguments.map { ($0.manifest.name, $0.schema) })),
        ]
        if !required.isEmpty { schema["required"] = .array(required) }
        schema["additionalProperties"] = false
        do {
            return try JSONSchema(.object(schema))
        } catch {
            problem("the arguments' schema is wrong: \(error.message)", at: position)
            return nil
        }
    }

    private func labels(_ node: JSON5Node) -> LabelManifest? {
        let keys = ["integrity", "readers", "classes"]
        guard let object = object(node, keys: keys, what: "`labels`"),
            let name = object.requiredText("integrity")
        else { return nil }
        guard let integrity = Integrity(name: name) else {
            let known = Integrity.allCases.map(\.name)
            problem(
                "`integrity` can't be `\(name)`", at: node.position,
                hint: "one of \(known.map { "`\($0)`" }.joined(separator: ", "))")
            return nil
        }
        if let readers = object.text("readers"), !["owner", "organization"].contains(readers) {
            problem("`readers` can't be `\(readers)`", at: node.position, hint: "one of `owner`, `organization`")
        }
        var classes: DataClasses = []
        for name in object.texts("classes") {
            guard let known = DataClasses.named.first(where: { $0.name == name }) else {
                problem("no class of data is called `\(name)`", at: node.position)
                continue
            }
            classes.formUnion(known.value)
        }
        return LabelManifest(
            integrity: integrity, isForOrganization: object.text("readers") == "organization", classes: classes)
    }
}
