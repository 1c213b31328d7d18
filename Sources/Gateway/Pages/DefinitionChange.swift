import Console
import Registry
import Wire

/// The parts of a definition that differ from the released one, line by line.
enum DefinitionChange {
    static func all(in tool: PinnedTool) -> [ToolView.Change] {
        tool.differences.map { difference in
            ToolView.Change(
                part: Inert.text(difference.part),
                lines: lines(from: text(difference.before), to: text(difference.after)))
        }
    }

    /// Lines that went, came and stayed, in the order in which they are read.
    static func lines(from before: [String], to after: [String]) -> [ToolView.Change.Line] {
        let difference = after.difference(from: before)
        var gone: Set<Int> = []
        var come: Set<Int> = []
        for change in difference {
            switch change {
            case .remove(let place, _, _): gone.insert(place)
            case .insert(let place, _, _): come.insert(place)
            }
        }
        var lines: [ToolView.Change.Line] = []
        var (old, new) = (0, 0)
        while old < before.count || new < after.count {
            if gone.contains(old) {
                lines.append(.init(text: before[old], isOld: true))
                old += 1
            } else if come.contains(new) {
                lines.append(.init(text: after[new], isNew: true))
                new += 1
            } else {
                lines.append(.init(text: after[new]))
                (old, new) = (old + 1, new + 1)
            }
        }
        return lines
    }

    /// A value for people: what can't be seen is written out.
    static func shown(_ value: JSON) -> String {
        value.stringValue.map { Inert.text($0, keepsLines: true) } ?? Inert.json(value.sorted.pretty())
    }

    /// Objects in one order of their members: another order is no change.
    private static func text(_ value: JSON?) -> [String] {
        guard let value else { return [] }
        return shown(value).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
}

extension JSON {
    fileprivate var sorted: JSON {
        switch self {
        case .null, .bool, .number, .string: self
        case .array(let elements): .array(elements.map(\.sorted))
        case .object(let object):
            .object(JSONObject(object.members.sorted { $0.key < $1.key }.map { ($0.key, $0.value.sorted) }))
        }
    }
}
