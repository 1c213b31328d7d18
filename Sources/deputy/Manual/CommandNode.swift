import ArgumentParser
import Wire

/// A command as the parser of arguments knows it: the one source of manual pages.
struct CommandNode {
    /// From the root to this one, such as `deputy`, `agents`, `add`.
    let path: [String]
    let abstract: String
    let discussion: String
    let arguments: [Argument]
    let subcommands: [CommandNode]

    struct Argument {
        enum Kind: String {
            case positional, option, flag
        }

        let kind: Kind
        /// With their dashes; none for a positional argument.
        let names: [String]
        let valueName: String
        let isOptional: Bool
        let isRepeating: Bool
        let help: String
        let usual: String?
        let values: [String]
    }

    /// Every command that help shows, the root first.
    static func all() throws -> [CommandNode] {
        let tree = try JSON.parse(
            Array(Deputy._dumpHelp().utf8), limits: JSONLimits(bytes: 16 << 20, depth: 64, members: 1_000_000))
        return CommandNode(tree["command"] ?? [:], under: []).flattened
    }

    private var flattened: [CommandNode] { [self] + subcommands.flatMap(\.flattened) }

    private init(_ json: JSON, under path: [String]) {
        let path = path + [json["commandName"]?.stringValue ?? ""]
        self.path = path
        abstract = json["abstract"]?.stringValue ?? ""
        discussion = json["discussion"]?.stringValue ?? ""
        arguments = CommandNode.shown(json["arguments"]).compactMap(Argument.init)
        subcommands = CommandNode.shown(json["subcommands"])
            .filter { $0["commandName"]?.stringValue != "help" }.map { CommandNode($0, under: path) }
    }

    private static func shown(_ list: JSON?) -> [JSON] {
        (list?.arrayValue ?? []).filter { $0["shouldDisplay"]?.boolValue != false }
    }
}

extension CommandNode.Argument {
    fileprivate init?(_ json: JSON) {
        guard let kind = json["kind"]?.stringValue.flatMap(Kind.init(rawValue:)) else { return nil }
        self.kind = kind
        names = (json["names"]?.arrayValue ?? []).map { name in
            let dashes = name["kind"]?.stringValue == "short" ? "-" : "--"
            return dashes + (name["name"]?.stringValue ?? "")
        }
        valueName = json["valueName"]?.stringValue ?? ""
        isOptional = json["isOptional"]?.boolValue ?? false
        isRepeating = json["isRepeating"]?.boolValue ?? false
        help = json["abstract"]?.stringValue ?? ""
        usual = json["defaultValue"]?.stringValue
        values = (json["allValues"]?.arrayValue ?? []).compactMap(\.stringValue)
    }
}
