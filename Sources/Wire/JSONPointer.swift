/// A place within a JSON value (RFC 6901).
public struct JSONPointer: Sendable, Hashable {
    /// The unescaped steps from the root; none for the whole value.
    public let steps: [String]

    /// The whole value.
    public static let root = JSONPointer(steps: [])

    /// Makes a pointer of unescaped steps.
    public init(steps: [String]) {
        self.steps = steps
    }

    /// Reads a pointer such as `/a~1b/0`; nil when it is neither empty nor starts with `/`, or holds a `~` that isn't
    /// `~0` or `~1`.
    public init?(_ text: String) {
        guard !text.isEmpty else {
            self = .root
            return
        }
        guard text.utf8.first == UInt8(ascii: "/") else { return nil }
        var steps: [String] = []
        for part in text.unicodeScalars.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            var step = String.UnicodeScalarView()
            var rest = part.makeIterator()
            while let scalar = rest.next() {
                guard scalar == "~" else {
                    step.append(scalar)
                    continue
                }
                switch rest.next() {
                case "0": step.append("~")
                case "1": step.append("/")
                case _: return nil
                }
            }
            steps.append(String(step))
        }
        self.steps = steps
    }

    /// The pointer to a member of what this one points at.
    public func appending(_ key: String) -> JSONPointer {
        JSONPointer(steps: steps + [key])
    }

    /// The pointer to an element of what this one points at.
    public func appending(_ index: Int) -> JSONPointer {
        JSONPointer(steps: steps + [String(index)])
    }

    /// The index that a step names in an array: digits without a leading zero (RFC 6901 section 4).
    static func index(_ step: String) -> Int? {
        guard let index = Int(step), index >= 0, String(index).hasSameBytes(as: step) else { return nil }
        return index
    }
}

extension JSONPointer: CustomStringConvertible {
    /// The escaped text.
    public var description: String {
        var text = ""
        for step in steps {
            text += "/"
            for scalar in step.unicodeScalars {
                switch scalar {
                case "~": text += "~0"
                case "/": text += "~1"
                case _: text.unicodeScalars.append(scalar)
                }
            }
        }
        return text
    }
}

extension JSON {
    /// The value at a place; nil when there is none.
    public func value(at pointer: JSONPointer) -> JSON? {
        var value = self
        for step in pointer.steps {
            switch value {
            case .object(let object):
                guard let member = object[step] else { return nil }
                value = member
            case .array(let elements):
                guard let index = JSONPointer.index(step), elements.indices.contains(index) else { return nil }
                value = elements[index]
            case .null, .bool, .number, .string:
                return nil
            }
        }
        return value
    }
}
