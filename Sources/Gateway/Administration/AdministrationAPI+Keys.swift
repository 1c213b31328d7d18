import Authority
import Broker
import Registry
import Wire

extension AdministrationAPI {
    func listKeys() async throws -> JSON {
        [
            "keys": .array(
                try await keys.list().map {
                    [
                        "id": .string($0.id), "state": .string($0.state), "rows": .number(JSONNumber($0.rows)),
                    ]
                })
        ]
    }

    func addKey() async throws -> JSON { ["added": .string(try await keys.add(by: administrator.text))] }

    func rotateKeys() async throws -> JSON { json(try await keys.rotate(by: administrator.text)) }

    func resealRows() async throws -> JSON { json(try await keys.reseal(by: administrator.text)) }

    func retireKey(_ name: String) async throws -> JSON {
        try await keys.retire(name, by: administrator.text)
        return ["retired": .string(name)]
    }

    /// Compares every connection with what the ledger says of it.
    func verifyVault() async throws -> JSON {
        let findings = try await audit.findings(in: organization)
        return [
            "intact": .bool(findings.isEmpty),
            "findings": .array(
                findings.map {
                    [
                        "connection": $0.connection.map { .string($0.raw) } ?? .null, "code": .string($0.code),
                        "message": .string($0.message), "hint": .string($0.hint),
                    ]
                }),
        ]
    }

    func backUp(_ body: JSONObject) async throws -> JSON {
        let reader = try BodyReader(body, keys: ["file"])
        return try await backup(try reader.required("file"), administrator.text)
    }

    private func json(_ done: Resealing) -> JSON {
        [
            "rows": .number(JSONNumber(done.rows)),
            "refused": .array(
                done.refused.map {
                    ["row": .string($0.row), "code": .string($0.code), "message": .string($0.message)]
                }),
        ]
    }
}
