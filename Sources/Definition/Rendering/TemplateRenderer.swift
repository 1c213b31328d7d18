import Wire

struct TemplateRenderer {
    let arguments: JSONObject
    let call: String

    func path(_ parts: [TextPart]) throws(RenderingError) -> String {
        var text = ""
        for part in parts {
            switch part {
            case .literal(let literal): text += literal
            case .callID: text += Base32Hex.encode(call.utf8)
            case .argument(let name):
                guard let value = self.text(name) else {
                    throw RenderingError(argument: name, message: "is missing")
                }
                // A dot segment would climb out of the path that was judged.
                guard value != ".", value != "..", !value.isEmpty else {
                    throw RenderingError(argument: name, message: "can't be `\(value)`")
                }
                text += PercentEncoding.encode(value)
            }
        }
        return text
    }

    func query(_ items: [(name: String, value: [TextPart])]) throws(RenderingError) -> String {
        var rendered: [String] = []
        for item in items {
            guard let value = queryValue(item.value) else { continue }
            rendered.append(PercentEncoding.encode(item.name) + "=" + PercentEncoding.encode(value))
        }
        return rendered.joined(separator: "&")
    }

    /// Nil when an argument of it is absent or empty.
    private func queryValue(_ parts: [TextPart]) -> String? {
        var text = ""
        for part in parts {
            switch part {
            case .literal(let literal): text += literal
            case .callID: text += Base32Hex.encode(call.utf8)
            case .argument(let name):
                guard let value = self.text(name), !value.isEmpty else { return nil }
                text += value
            }
        }
        return text
    }

    func body(_ template: BodyTemplate, item: JSON?) throws(RenderingError) -> JSON? {
        switch template {
        case .literal(let value): return value
        case .argument(let name): return arguments[name]
        case .callID: return .string(Base32Hex.encode(call.utf8))
        case .item: return item
        case .array(let templates):
            var items: [JSON] = []
            for template in templates {
                if let value = try body(template, item: item) { items.append(value) }
            }
            return .array(items)
        case .object(let members):
            var object: JSONObject = [:]
            for (key, template) in members {
                if let value = try body(template, item: item) { object[key] = value }
            }
            return .object(object)
        case .each(let name, let template):
            guard let elements = arguments[name]?.arrayValue else { return nil }
            var items: [JSON] = []
            for element in elements {
                if let value = try body(template, item: element) { items.append(value) }
            }
            return .array(items)
        case .mail(let template):
            return .string(try MailMessage(template, arguments).base64URL())
        }
    }

    private func text(_ name: String) -> String? {
        switch arguments[name] {
        case .none, .null: nil
        case .string(let text): text
        case .some(let value): value.text
        }
    }
}
