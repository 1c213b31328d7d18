import Foundation
import Wire

/// Measures the parts that run in one process, and prints one line of JSON for each row. `Benchmarks/bench.py` calls it,
/// adds what runs between processes, and prints the table.
@main
enum Bench {
    static func main() async throws {
        var rows: [JSON] = []
        rows += try decisionRows()
        rows += try jsonRows()
        rows += try vaultRows()
        rows += try await ledgerRows()
        rows += try await commitRows()
        for row in rows { print(row.text) }
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
