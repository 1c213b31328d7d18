import HTTPTypes

/// Rippling's REST API. There is no token of a single worker: subjects must be constrained by the caller.
struct RipplingService: Service {
    let name = ServiceName.rippling

    var routes: [Route<Operation>] {
        [
            Route(.get, "/workers", operation("rippling.workers.list", ["workers.read"], Self.list)),
            Route(.get, "/workers/{id}", operation("rippling.workers.retrieve", ["workers.read"], Self.worker)),
            Route(.get, "/sso-me", operation("rippling.sso-me.retrieve", [], Self.ssoMe)),
        ]
    }

    private func operation(
        _ name: String, _ scopes: [String], _ run: @escaping @Sendable (Call, Token) throws(Answer) -> Answer
    ) -> Operation {
        Operation(name: name, scopes: scopes, limit: Limit(burst: 100, perSecond: 10, shared: "all"), run: run)
    }

    func refuse(_ refusal: Refusal) -> Answer {
        RipplingRules.refuse(refusal)
    }

    private static func list(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        let query = call.query
        var workers = RipplingWorld.workers
        if let filter = query["filter"] {
            workers = workers.filter(try RipplingFilter(filter).matches)
        }
        let offset = query["cursor"].map(Cursor.offset) ?? 0
        guard let offset else { throw RipplingRules.no(400, "invalid_cursor", "invalid cursor") }
        let limit = query["limit"].map { Int($0) } ?? 50
        guard let limit, (1...100).contains(limit) else {
            throw RipplingRules.no(400, "invalid_limit", "limit must be between 1 and 100")
        }
        let (page, next) = Cursor.page(workers, from: offset, size: limit)
        return Answer(
            200,
            [
                "results": .array(page.map { describe($0, expanding: expansions(query)) }),
                "next_link": .text(next.map { "/workers?limit=\(limit)&cursor=\($0)" }),
            ])
    }

    private static func worker(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        guard let worker = RipplingWorld.workers.first(where: { $0.id == call.parameters["id"] }) else {
            throw RipplingRules.no(404, "not_found", "worker not found")
        }
        return Answer(200, describe(worker, expanding: expansions(call.query)))
    }

    /// Whom the token speaks for: the admin who made it, and the company.
    private static func ssoMe(_ call: Call, _ token: Token) throws(Answer) -> Answer {
        let me: JSON = [
            "id": "66f0da4a0000000000000904", "work_email": "dana@acme.test",
            "company_id": .string(RipplingWorld.company),
        ]
        let isExpanded = expansions(call.query).contains("company")
        return Answer(
            200,
            me.with(
                "company",
                isExpanded ? ["id": .string(RipplingWorld.company), "legal_name": "Acme", "name": "Acme"] : nil))
    }

    private static func expansions(_ query: Form) -> Set<String> {
        Set((query["expand"] ?? "").split(separator: ",").map(String.init))
    }
}
