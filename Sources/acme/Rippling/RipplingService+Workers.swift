import Foundation

extension RipplingService {
    /// References come as ids; `department` and `compensation` come whole when expanded.
    static func describe(_ worker: RipplingWorld.Worker, expanding expanded: Set<String>) -> JSON {
        let department = RipplingWorld.departments[worker.department]
        let compensationID = worker.id.replacing("66f1", with: "66c0")
        let body: JSON = [
            "id": .string(worker.id), "created_at": "2026-10-01T00:00:00Z", "updated_at": "2026-11-15T00:00:00Z",
            "user_id": .string(worker.id.replacing("66f1", with: "66f0")),
            "is_manager": .bool(worker.owner == "carol" || worker.owner == "dana"),
            "number": .int(worker.number), "status": "ACTIVE", "country": "US", "work_email": .string(worker.email),
            "start_date": .string(worker.start), "end_date": .null, "title": .string(worker.title),
            "name": [
                "given_name": .string(worker.name.given), "family_name": .string(worker.name.family),
                "formatted": .string("\(worker.name.given) \(worker.name.family)"),
            ],
            "department_id": .text(department), "compensation_id": .string(compensationID),
        ]
        let departmentBody: JSON = ["id": .text(department), "name": .string(worker.department)]
        let compensation: JSON = [
            "id": .string(compensationID), "worker_id": .string(worker.id), "payment_type": "SALARY",
            "annual_compensation": ["value": .int(worker.salary), "currency_type": "USD"],
        ]
        return
            body
            .with("department", expanded.contains("department") ? departmentBody : nil)
            .with("compensation", expanded.contains("compensation") ? compensation : nil)
    }
}

/// Rippling's filters: `work_email eq 'alice@acme.test'`, joined by `and`.
struct RipplingFilter {
    private let terms: [(field: String, value: String)]

    init(_ text: String) throws(Answer) {
        var terms: [(field: String, value: String)] = []
        for term in text.components(separatedBy: " and ") {
            let words = term.split(separator: " ", maxSplits: 2).map(String.init)
            guard words.count == 3, words[1] == "eq", ["status", "work_email", "user_id"].contains(words[0]) else {
                throw RipplingRules.no(400, "invalid_filter", "invalid filter")
            }
            terms.append((words[0], words[2].trimmingCharacters(in: CharacterSet(charactersIn: "'\""))))
        }
        self.terms = terms
    }

    func matches(_ worker: RipplingWorld.Worker) -> Bool {
        let described = RipplingService.describe(worker, expanding: [])
        return terms.allSatisfy { described[$0.field]?.text == $0.value }
    }
}
