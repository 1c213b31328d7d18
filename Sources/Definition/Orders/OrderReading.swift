public import Authority
import Wire

/// The standing orders of a delegate, from the fenced block of its instructions.
public enum StandingOrders {
    /// The file that they stand in.
    public static let file = "AGENTS.md"
    private static let fence = "```standing-orders"

    /// The block as it is written, with as many empty lines before it as there are lines; nil without one.
    ///
    /// - Throws: where there are two of them, or one has no end.
    public static func block(in text: String) throws(SourceProblems) -> String? {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        func isFence(_ line: String) -> Bool { line.split(separator: " ").joined(separator: " ") == fence }
        guard let first = lines.firstIndex(where: isFence) else { return nil }
        func problem(_ line: Int, _ message: String) -> SourceProblems {
            SourceProblems([
                SourceProblem(
                    file: file, position: SourcePosition(line: line + 1, column: 1), message: message, hint: nil)
            ])
        }
        guard let end = lines[(first + 1)...].firstIndex(where: { $0.hasPrefix("```") }) else {
            throw problem(first, "the standing orders have no end")
        }
        if let second = lines[(end + 1)...].firstIndex(where: isFence) {
            throw problem(second, "standing orders stand in one block, and this is another")
        }
        return String(repeating: "\n", count: first + 1) + lines[(first + 1)..<end].joined(separator: "\n")
    }

    /// What tells one text of a block from another.
    public static func revision(of block: String) -> String {
        let trimmed = block.drop { $0.isWhitespace }
        return String(Digest.sha256(of: Array(trimmed.utf8)).hex.prefix(16))
    }

    /// The same of instructions as they are; nil where no block can be read in them.
    public static func revision(in text: String?) -> String? {
        text.flatMap { try? block(in: $0) }.map { revision(of: $0) }
    }

    /// Reads a block: a list of objects in JSON5.
    ///
    /// - Throws: everything that is wrong in it, with its place in the file.
    public static func read(_ block: String) throws(SourceProblems) -> [WrittenOrder] {
        guard block.contains(where: { !$0.isWhitespace }) else { return [] }
        let reader = SourceReader(file: file)
        var orders: [WrittenOrder] = []
        do throws(JSON5Error) {
            let node = try JSON5.parse(block)
            if case .array(let items) = node.value {
                orders = items.compactMap { reader.order($0) }
            } else {
                reader.problem("standing orders are a list", at: node.position, hint: "write `[ { id: … } ]`")
            }
        } catch {
            reader.problem(error.message, at: error.position, hint: error.hint)
        }
        for (index, order) in orders.enumerated() where orders[..<index].contains(where: { $0.name == order.name }) {
            reader.problem("two orders are called `\(order.name)`", at: order.place.position)
        }
        guard reader.problems.isEmpty else { throw SourceProblems(reader.problems) }
        return orders
    }
}

/// An order as it is written: names and patterns, not yet compared with anything.
public struct WrittenOrder: Sendable {
    public let name: String
    public let principal: PersonID
    public let tools: [String]
    public let effects: EffectSet
    public let recipients: StandingOrder.Recipients
    public let callsPerDay: Int
    public let until: Timestamp
    public let place: SourceProblem.Place
    /// Where each key stands.
    public let places: [String: SourceProblem.Place]
}
