import NIOCore

extension NotionService {
    static func search(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        let body: JSON
        do {
            body = call.body.readableBytes == 0 ? [:] : try call.json()
        } catch {
            throw NotionRules.refuse(.badBody)
        }
        guard body.members != nil else {
            throw NotionRules.invalid("body failed validation: body should be an object.")
        }
        let query = try optionalText(body, "query")?.lowercased() ?? ""
        var found = NotionWorld.pages(for: token).filter { query.isEmpty || $0.title.lowercased().contains(query) }
        switch body["filter"]?["value"]?.text {
        case "page", nil: break
        case "database", "data_source": found = []
        case .some(let other):
            throw NotionRules.invalid(
                "body failed validation: body.filter.value should be `\"page\"` or `\"data_source\"`, instead was "
                    + "`\"\(other)\"`.")
        }
        found.sort { $0.edited > $1.edited }
        if body["sort"]?["direction"]?.text == "ascending" { found.reverse() }
        let size = try pageSize(body["page_size"].map { $0.int })
        let offset = try offset(try optionalText(body, "start_cursor"))
        return list(found.map(describe), kind: "page_or_data_source", from: offset, size: size)
    }

    static func children(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        let id = try NotionRules.uuid(call.parameters["block_id"] ?? "", parameter: "block_id")
        let query = call.query
        let size = try pageSize(query["page_size"].map { Int($0) })
        let offset = try offset(query["start_cursor"])
        let visible = NotionWorld.pages(for: token)
        if let page = visible.first(where: { $0.id == id }) {
            let blocks = page.paragraphs.enumerated().map { block($0.element, page: page, index: $0.offset) }
            return list(blocks, kind: "block", from: offset, size: size)
        }
        let isBlock = visible.contains { page in page.paragraphs.indices.contains { page.blockID($0) == id } }
        guard isBlock else { throw NotionRules.notFound("block", id) }
        return list([], kind: "block", from: offset, size: size)
    }

    private static func optionalText(_ body: JSON, _ name: String) throws(Answer) -> String? {
        guard let value = body[name] else { return nil }
        guard let text = value.text else {
            throw NotionRules.invalid(
                "body failed validation: body.\(name) should be a string or `undefined`, instead was `\(value.line)`.")
        }
        return text
    }

    /// Nil: no size was given; a nil inside: something that is no number.
    private static func pageSize(_ given: Int??) throws(Answer) -> Int {
        guard let given else { return 100 }
        guard let size = given, (1...100).contains(size) else {
            throw NotionRules.invalid("page_size failed validation: page_size should be between 1 and 100.")
        }
        return size
    }

    private static func offset(_ cursor: String?) throws(Answer) -> Int {
        guard let cursor else { return 0 }
        guard let offset = Cursor.offset(cursor) else {
            throw NotionRules.invalid("The start_cursor provided is invalid: \(cursor)")
        }
        return offset
    }

    private static func list(_ values: [JSON], kind: String, from offset: Int, size: Int) -> Answer {
        let (page, next) = Cursor.page(values, from: offset, size: size)
        let body: JSON = [
            "object": "list", "results": .array(page), "next_cursor": .text(next), "has_more": .bool(next != nil),
            "type": .string(kind),
        ]
        return Answer(200, body.with(kind, [:]).with("request_id", .string(NotionRules.requestID())))
    }
}
