import Foundation
import Wire

/// Measures the parts that run in one process, and prints one line of JSON for each row. `Benchmarks/bench.py` calls it,
/// adds what runs between processes, and prints the table.
@main
enum Bench {
    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        for row in try await rows(arguments.first, Array(arguments.dropFirst())) { print(row.text) }
    }

    private static func rows(_ part: String?, _ arguments: [String]) async throws -> [JSON] {
        switch part {
        case "growth": return try await growthRows(arguments)
        case "credentials": return try await credentialRows(arguments)
        case "ledger": return try await ledgerRows()
        case "allocations": return try allocationRows()
        case "commits": return try await arguments.isEmpty ? commitRows() : commitRows(databases: arguments)
        default:
            var rows = try decisionRows() + jsonRows() + vaultRows()
            rows += try await ledgerRows()
            rows += try await commitRows()
            return rows
        }
    }

    static func row(_ name: String, _ value: Double, _ unit: String, budget: Double? = nil, more: JSONObject = [:])
        -> JSON
    {
        var object: JSONObject = [
            "row": .string(name), "value": number(value), "unit": .string(unit),
        ]
        if let budget { object["budget"] = number(budget) }
        for (key, value) in more.members { object[key] = value }
        return .object(object)
    }

    static func number(_ value: Double) -> JSON {
        JSONNumber(String(format: "%.4g", value).contains("e") ? String(Int(value)) : String(format: "%.4g", value))
            .map { .number($0) } ?? .null
    }

    /// Seconds that `body` took, the best of several runs.
    static func seconds(runs: Int = 5, _ body: () throws -> Void) rethrows -> Double {
        var best = Double.infinity
        for _ in 0..<runs {
            let start = ContinuousClock.now
            try body()
            best = min(best, (ContinuousClock.now - start).seconds)
        }
        return best
    }
}

extension Duration {
    var seconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
