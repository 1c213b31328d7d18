/// Reads one part of a schema: every keyword is taken, or refused by name.
struct SchemaReader {
    let schema: JSONObject
    let pointer: JSONPointer

    static let keywords = [
        "type", "properties", "required", "additionalProperties", "items", "enum", "const", "minLength", "maxLength",
        "minimum", "maximum", "minItems", "maxItems", "uniqueItems", "default", "format", "title", "description",
        "examples",
    ]

    static func compile(_ schema: JSON, at pointer: JSONPointer) throws(SchemaError) -> SchemaNode {
        guard case .object(let object) = schema else {
            throw SchemaError(pointer, "a schema must be an object")
        }
        var rules = try SchemaReader(schema: object, pointer: pointer).rules()
        guard let value = object["default"] else { return SchemaNode(rules) }
        var check = SchemaCheck()
        let filled = check.run(value, SchemaNode(rules))
        if let violation = check.violations.first {
            throw SchemaError(pointer.appending("default"), "its own schema refuses the default: \(violation)")
        }
        rules.defaultValue = filled ?? value
        return SchemaNode(rules)
    }

    private func rules() throws(SchemaError) -> SchemaRules {
        for key in schema.keys where !Self.keywords.contains(key) {
            throw SchemaError(
                pointer.appending(key), "unknown keyword \(key.quoted)",
                hint: suggestion(for: key, among: Self.keywords))
        }
        var rules = SchemaRules()
        rules.types = try types()
        try readProperties(into: &rules)
        rules.required = try required(among: rules)
        rules.items = try rest("items") ?? .anything
        try readAllowed(into: &rules)
        (rules.minLength, rules.maxLength) = try sizes("minLength", "maxLength")
        (rules.minItems, rules.maxItems) = try sizes("minItems", "maxItems")
        rules.uniqueItems = try flag("uniqueItems") ?? false
        (rules.minimum, rules.maximum) = try range()
        rules.format = try format()
        for key in ["title", "description"] { _ = try text(key) }
        if let examples = schema["examples"], examples.arrayValue == nil {
            throw wrong("examples", "a list")
        }
        return rules
    }

    private func types() throws(SchemaError) -> SchemaType? {
        guard let value = schema["type"] else { return nil }
        var types: SchemaType = []
        for name in value.arrayValue ?? [value] {
            guard let text = name.stringValue, let type = SchemaType.named(text) else {
                throw SchemaError(
                    pointer.appending("type"), "unknown type",
                    hint: "one of \(SchemaType.names.map(\.name).joined(separator: ", "))")
            }
            types.insert(type)
        }
        guard !types.isEmpty else { throw wrong("type", "the name of a type, or a list of such names") }
        return types
    }

    private func readProperties(into rules: inout SchemaRules) throws(SchemaError) {
        // A list of whole values already says everything about an object.
        let isListed = schema["properties"] == nil && (schema["enum"] ?? schema["const"]) != nil
        rules.additional = try rest("additionalProperties") ?? (isListed ? .anything : .nothing)
        guard let value = schema["properties"] else { return }
        guard case .object(let properties) = value else { throw wrong("properties", "an object") }
        for (name, part) in properties.members {
            let node = try Self.compile(part, at: pointer.appending("properties").appending(name))
            rules.names.append(name)
            rules.properties[ExactString(name)] = node
            if let value = node.rules.defaultValue { rules.defaults.append((name, value)) }
        }
    }

    private func rest(_ key: String) throws(SchemaError) -> SchemaRules.Rest? {
        switch schema[key] {
        case nil: nil
        case .bool(let isOpen): isOpen ? .anything : .nothing
        case .some(let part): .matching(try Self.compile(part, at: pointer.appending(key)))
        }
    }

    private func required(among rules: SchemaRules) throws(SchemaError) -> [String] {
        guard let value = schema["required"] else { return [] }
        var required: [String] = []
        for element in value.arrayValue ?? [.null] {
            guard let name = element.stringValue else { throw wrong("required", "a list of property names") }
            if case .nothing = rules.additional, rules.properties[ExactString(name)] == nil {
                throw SchemaError(
                    pointer.appending("required"), "the required property \(name.quoted) isn't described",
                    hint: suggestion(for: name, among: rules.names))
            }
            required.append(name)
        }
        return required
    }

    private func readAllowed(into rules: inout SchemaRules) throws(SchemaError) {
        if let value = schema["enum"] {
            guard let values = value.arrayValue, !values.isEmpty else { throw wrong("enum", "a list with values") }
            let set = Set(values.map(\.normalized))
            guard set.count == values.count else {
                throw SchemaError(pointer.appending("enum"), "a value is listed twice")
            }
            rules.allowed.append(set)
            rules.allowedWords = values.compactMap(\.stringValue)
        }
        if let value = schema["const"] {
            rules.allowed.append([value.normalized])
            rules.allowedWords = [value].compactMap(\.stringValue)
        }
    }

    private func sizes(_ low: String, _ high: String) throws(SchemaError) -> (Int?, Int?) {
        let least = try size(low)
        let most = try size(high)
        if let least, let most, least > most {
            throw SchemaError(pointer.appending(low), "`\(low)` is above `\(high)`")
        }
        return (least, most)
    }

    private func size(_ key: String) throws(SchemaError) -> Int? {
        guard let value = schema[key] else { return nil }
        guard let number = value.integerValue, number >= 0 else { throw wrong(key, "a whole number from 0") }
        return Int(number)
    }

    private func range() throws(SchemaError) -> (JSONNumber?, JSONNumber?) {
        let least = try number("minimum")
        let most = try number("maximum")
        if let least, let most, most.isLess(than: least) {
            throw SchemaError(pointer.appending("minimum"), "`minimum` is above `maximum`")
        }
        return (least, most)
    }

    private func number(_ key: String) throws(SchemaError) -> JSONNumber? {
        switch schema[key] {
        case nil: nil
        case .number(let number): number
        case .some: throw wrong(key, "a number")
        }
    }

    private func flag(_ key: String) throws(SchemaError) -> Bool? {
        guard let value = schema[key] else { return nil }
        guard let flag = value.boolValue else { throw wrong(key, "`true` or `false`") }
        return flag
    }

    private func text(_ key: String) throws(SchemaError) -> String? {
        guard let value = schema[key] else { return nil }
        guard let text = value.stringValue else { throw wrong(key, "a string") }
        return text
    }

    private func format() throws(SchemaError) -> SchemaFormat? {
        guard let name = try text("format") else { return nil }
        guard let format = SchemaFormat(rawValue: name) else {
            throw SchemaError(
                pointer.appending("format"), "unknown format \(name.quoted)",
                hint: "one of \(SchemaFormat.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return format
    }

    private func wrong(_ key: String, _ wanted: String) -> SchemaError {
        SchemaError(pointer.appending(key), "`\(key)` must be \(wanted)")
    }
}
