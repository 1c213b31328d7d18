import Wire

extension SourceReader {
    func request(_ node: JSON5Node, arguments: Set<String>) -> RequestTemplate? {
        guard let object = object(node, keys: ["method", "path", "query", "body"], what: "a request") else {
            return nil
        }
        guard let method = object.requiredText("method"), let path = object.required("path") else { return nil }
        let known = ["GET", "POST", "PUT", "PATCH", "DELETE"]
        if !known.contains(method) {
            problem("`method` can't be `\(method)`", at: node.position, hint: "one of \(known.joined(separator: ", "))")
        }
        return RequestTemplate(
            method: method, path: parts(path, arguments: arguments),
            query: object.entries("query").map { ($0.key, parts($0.node, arguments: arguments)) },
            body: object["body"].flatMap { body($0, arguments: arguments, isInEach: false) })
    }

    /// Text with `{argument}` places.
    func parts(_ node: JSON5Node, arguments: Set<String>) -> [TextPart] {
        guard let text = text(node, what: "a template") else { return [] }
        var parts: [TextPart] = []
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            if open > rest.startIndex { parts.append(.literal(String(rest[..<open]))) }
            guard let close = rest[open...].firstIndex(of: "}") else {
                problem("`{` is never closed in `\(text)`", at: node.position)
                return parts
            }
            parts.append(place(String(rest[rest.index(after: open)..<close]), at: node.position, arguments: arguments))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { parts.append(.literal(String(rest))) }
        return parts
    }

    private func place(_ name: String, at position: SourcePosition, arguments: Set<String>) -> TextPart {
        if name == "$call" { return .callID }
        if !arguments.contains(name) { unknownArgument(name, at: position, arguments: arguments) }
        return .argument(name)
    }

    private func unknownArgument(_ name: String, at position: SourcePosition, arguments: Set<String>) {
        problem(
            "no argument is called `\(name)`", at: position,
            hint: nearest(name, among: arguments.sorted()).map { "did you mean `\($0)`?" })
    }

    func body(_ node: JSON5Node, arguments: Set<String>, isInEach: Bool) -> BodyTemplate? {
        switch node.value {
        case .null, .bool, .number:
            return .literal(node.json)
        case .string(let text):
            return bodyText(text, node, arguments: arguments, isInEach: isInEach)
        case .array(let items):
            return .array(items.compactMap { body($0, arguments: arguments, isInEach: isInEach) })
        case .object(let members):
            if members.contains(where: { $0.key == "$each" }) { return each(node, arguments: arguments) }
            if members.count == 1, let only = members.first, only.key == "$mail" {
                return mail(only.node, arguments: arguments)
            }
            return .object(
                members.compactMap { member in
                    body(member.node, arguments: arguments, isInEach: isInEach).map { (member.key, $0) }
                })
        }
    }

    private func bodyText(
        _ text: String, _ node: JSON5Node, arguments: Set<String>, isInEach: Bool
    ) -> BodyTemplate? {
        guard text.hasPrefix("{"), text.hasSuffix("}") else { return .literal(.string(text)) }
        let name = String(text.dropFirst().dropLast())
        if name == "$call" { return .callID }
        if name == "$item" {
            if !isInEach { problem("`{$item}` stands only inside `$each`", at: node.position) }
            return .item
        }
        if !arguments.contains(name) { unknownArgument(name, at: node.position, arguments: arguments) }
        return .argument(name)
    }

    private func each(_ node: JSON5Node, arguments: Set<String>) -> BodyTemplate? {
        guard let object = object(node, keys: ["$each", "item"], what: "`$each`"),
            let name = object.requiredText("$each"), let item = object.required("item")
        else { return nil }
        if !arguments.contains(name) { unknownArgument(name, at: node.position, arguments: arguments) }
        return body(item, arguments: arguments, isInEach: true).map { .each(argument: name, item: $0) }
    }

    private func mail(_ node: JSON5Node, arguments: Set<String>) -> BodyTemplate? {
        guard let object = object(node, keys: ["to", "cc", "subject", "text", "inReplyTo"], what: "`$mail`"),
            let to = object.requiredText("to"), let subject = object.requiredText("subject"),
            let text = object.requiredText("text")
        else { return nil }
        let template = MailTemplate(
            to: to, cc: object.text("cc"), subject: subject, text: text, inReplyTo: object.text("inReplyTo"))
        for name in [template.to, template.cc, template.subject, template.text, template.inReplyTo].compactMap(\.self)
        where !arguments.contains(name) {
            unknownArgument(name, at: node.position, arguments: arguments)
        }
        return .mail(template)
    }
}
