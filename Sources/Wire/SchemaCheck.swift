/// One validation: collects what isn't allowed, and fills in defaults.
struct SchemaCheck {
    private(set) var violations: [SchemaViolation] = []
    private var path: [Step] = []

    /// A step of the path, made into text only when there is something to say.
    private enum Step {
        case key(String)
        case index(Int)
    }

    /// Checks a value; the value with its defaults filled in when that changed it, else nil.
    mutating func run(_ value: JSON, _ node: SchemaNode) -> JSON? {
        guard violations.count < SchemaViolations.most else { return nil }
        if let types = node.rules.types, !types.accepts(value) {
            refuse("must be \(types.description)")
            return nil
        }
        for set in node.rules.allowed where !set.contains(value.normalized) {
            refuseWord(value, node.rules)
        }
        switch value {
        case .null, .bool:
            return nil
        case .number(let number):
            check(number, node.rules)
            return nil
        case .string(let text):
            check(text, node.rules)
            return nil
        case .array(let elements):
            return check(elements, node.rules)
        case .object(let object):
            return check(object, node.rules)
        }
    }

    private mutating func check(_ number: JSONNumber, _ rules: SchemaRules) {
        if let least = rules.minimum, number.isLess(than: least) {
            refuse("must be at least \(least.text)")
        }
        if let most = rules.maximum, most.isLess(than: number) {
            refuse("must be at most \(most.text)")
        }
    }

    private mutating func check(_ text: String, _ rules: SchemaRules) {
        if rules.minLength != nil || rules.maxLength != nil {
            let length = text.utf8Span.isKnownASCII ? text.utf8.count : text.unicodeScalars.count
            checkSize(length, rules.minLength, rules.maxLength, "character")
        }
        if let format = rules.format, !format.accepts(text) {
            refuse("must be \(format.description)")
        }
    }

    private mutating func check(_ elements: [JSON], _ rules: SchemaRules) -> JSON? {
        checkSize(elements.count, rules.minItems, rules.maxItems, "element")
        if rules.uniqueItems, Set(elements.map(\.normalized)).count != elements.count {
            refuse("must not hold a value twice")
        }
        switch rules.items {
        case .anything:
            return nil
        case .nothing:
            if !elements.isEmpty { refuse("must be empty") }
            return nil
        case .matching(let node):
            var filled: [JSON]?
            for (index, element) in elements.enumerated() {
                path.append(.index(index))
                if let changed = run(element, node) {
                    var copy = filled ?? elements
                    filled = nil
                    copy[index] = changed
                    filled = copy
                }
                path.removeLast()
            }
            return filled.map { .array($0) }
        }
    }

    private mutating func check(_ object: JSONObject, _ rules: SchemaRules) -> JSON? {
        var filled = object
        var isChanged = false
        for (key, value) in object.members {
            path.append(.key(key))
            if let node = rules.properties[ExactString(key)] {
                if let changed = run(value, node) {
                    filled[key] = changed
                    isChanged = true
                }
            } else {
                switch rules.additional {
                case .anything:
                    break
                case .nothing:
                    refuse("unknown property \(key.quoted)", hint: suggestion(for: key, among: rules.names))
                case .matching(let node):
                    if let changed = run(value, node) {
                        filled[key] = changed
                        isChanged = true
                    }
                }
            }
            path.removeLast()
        }
        for (name, value) in rules.defaults where object[name] == nil {
            filled[name] = value
            isChanged = true
        }
        for name in rules.required where filled[name] == nil {
            refuse("the property \(name.quoted) is missing")
        }
        return isChanged ? .object(filled) : nil
    }

    private mutating func checkSize(_ size: Int, _ least: Int?, _ most: Int?, _ unit: String) {
        if let least, size < least {
            refuse("must have at least \(least) \(unit)\(least == 1 ? "" : "s")")
        }
        if let most, size > most {
            refuse("must have at most \(most) \(unit)\(most == 1 ? "" : "s")")
        }
    }

    private mutating func refuseWord(_ value: JSON, _ rules: SchemaRules) {
        guard let word = value.stringValue, !rules.allowedWords.isEmpty else {
            return refuse("isn't one of the allowed values")
        }
        let shown = rules.allowedWords.prefix(8).map(\.quoted).joined(separator: ", ")
        refuse(
            "isn't one of the allowed values",
            hint: suggestion(for: word, among: rules.allowedWords)
                ?? "one of \(shown)\(rules.allowedWords.count > 8 ? ", …" : "")")
    }

    private mutating func refuse(_ message: String, hint: String? = nil) {
        guard violations.count < SchemaViolations.most else { return }
        let steps = path.map { step in
            switch step {
            case .key(let key): key
            case .index(let index): String(index)
            }
        }
        violations.append(SchemaViolation(JSONPointer(steps: steps), message, hint: hint))
    }
}
