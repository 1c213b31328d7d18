import NIOCore

/// A call's arguments: from the query, and from a form or a JSON body, as Slack takes them.
struct SlackArguments {
    private let query: Form
    private let form: Form?
    private let json: JSON?

    init(_ call: Call) throws(Answer) {
        query = call.query
        if call.contentType.hasPrefix("application/json") {
            do {
                json = call.body.readableBytes == 0 ? nil : try call.json()
            } catch {
                throw SlackRules.refuse(.badBody)
            }
            form = nil
        } else {
            json = nil
            form = call.contentType.hasPrefix("application/x-www-form-urlencoded") ? call.form : nil
        }
    }

    subscript(name: String) -> String? {
        if let value = json?[name] {
            switch value {
            case .string(let text), .number(let text): return text
            case .bool(let truth): return truth ? "true" : "false"
            case .null, .array, .object: return nil
            }
        }
        return form?[name] ?? query[name]
    }

    /// What a JSON body gives as an array.
    func array(_ name: String) -> JSON? { json?[name]?.items != nil ? json?[name] : nil }

    /// The blocks of a message: an array, or in a form its text. Nil when there are none.
    func blocks() throws(Answer) -> JSON? {
        let given: JSON?
        if let value = json?["blocks"], value.items != nil {
            given = value
        } else if let text = self["blocks"] {
            guard let read = try? JSONReader.read(text) else { throw SlackRules.no("invalid_blocks_format") }
            given = read
        } else {
            given = nil
        }
        guard let given, given != .array([]) else { return nil }
        try SlackBlocks.check(given)
        return given
    }

    /// Slack's page size: `fallback` when absent, an error when out of range or no number.
    func limit(fallback: Int, most: Int) throws(Answer) -> Int {
        guard let text = self["limit"] else { return min(fallback, most) }
        guard let limit = Int(text), (1...999).contains(limit) else { throw SlackRules.no("invalid_limit") }
        return min(limit, most)
    }

    /// Where a page starts: Slack's cursors are opaque; ours are offsets in disguise.
    func offset() throws(Answer) -> Int {
        guard let cursor = self["cursor"], !cursor.isEmpty else { return 0 }
        guard let offset = Cursor.offset(cursor) else { throw SlackRules.no("invalid_cursor") }
        return offset
    }
}
