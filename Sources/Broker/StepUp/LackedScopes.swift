public import Wire

/// What a provider has said that calls through a connection lack, by tool and scope.
public struct LackedScopes: Sendable, Hashable {
    public struct Lack: Sendable, Hashable {
        /// The generation of the connection whose grant was refused.
        public let generation: Int64
        /// Whether every call of the tool needs it, by its manifest; else some do, and the others go on.
        public let isAlways: Bool

        public init(generation: Int64, isAlways: Bool) {
            self.generation = generation
            self.isAlways = isAlways
        }
    }

    public private(set) var byTool: [String: [String: Lack]]

    public init(_ byTool: [String: [String: Lack]] = [:]) {
        self.byTool = byTool
    }

    /// What every call of a tool lacks still: what this very grant was refused for, and what a later one wasn't granted.
    ///
    /// - Parameters:
    ///   - scopes: that were granted.
    ///   - generation: of the connection.
    func open(_ scopes: Set<String>, generation: Int64) -> [String: Set<String>] {
        byTool.compactMapValues { lacked in
            let open = lacked.filter { $1.isAlways && ($1.generation == generation || !scopes.contains($0)) }
            return open.isEmpty ? nil : Set(open.keys)
        }
    }

    /// Those among `wanted` for which somebody was asked already, and which were granted since: asking again would change
    /// nothing.
    func settled(
        _ wanted: Set<String>, for tool: String, _ scopes: Set<String>, generation: Int64
    ) -> Set<String> {
        let lacked = byTool[tool] ?? [:]
        return wanted.filter { scope in
            lacked[scope].map { $0.generation < generation && scopes.contains(scope) } ?? false
        }
    }

    /// Whether this very grant was refused for want of something, whatever it was said to hold.
    func isOf(generation: Int64) -> Bool {
        byTool.values.contains { $0.values.contains { $0.generation == generation } }
    }

    /// Every scope that a tool was ever refused for.
    public var all: Set<String> { Set(byTool.values.flatMap(\.keys)) }

    mutating func note(_ wanted: Set<String>, for tool: String, always needs: Set<String>, generation: Int64) {
        for scope in wanted {
            byTool[tool, default: [:]][scope] = Lack(generation: generation, isAlways: needs.contains(scope))
        }
    }
}

extension LackedScopes {
    /// As it is stored. Equal ones have equal texts.
    public var json: JSON {
        var tools: JSONObject = [:]
        for (tool, lacked) in byTool.sorted(by: { $0.key < $1.key }) {
            var scopes: JSONObject = [:]
            for (scope, lack) in lacked.sorted(by: { $0.key < $1.key }) {
                scopes[scope] = ["grant": .number(JSONNumber(lack.generation)), "always": .bool(lack.isAlways)]
            }
            tools[tool] = .object(scopes)
        }
        return .object(tools)
    }

    /// Nil when it isn't what `json` gives.
    public init?(json: JSON) {
        guard let tools = json.objectValue else { return nil }
        var byTool: [String: [String: Lack]] = [:]
        for (tool, scopes) in tools.members {
            guard let scopes = scopes.objectValue else { return nil }
            for (scope, lack) in scopes.members {
                guard let generation = lack["grant"]?.integerValue, let isAlways = lack["always"]?.boolValue else {
                    return nil
                }
                byTool[tool, default: [:]][scope] = Lack(generation: generation, isAlways: isAlways)
            }
        }
        self.init(byTool)
    }
}
