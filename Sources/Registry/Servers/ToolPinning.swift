import Wire

/// Compares what a server lists with what is pinned of it.
struct ToolPinning {
    let server: RemoteServer
    let known: [PinnedTool]
    /// Whether what isn't listed any more is taken away. Otherwise it stays as it is.
    var isWithdrawing = true

    /// Every tool of the server as it is to be pinned now, in the order of their names. What was released stays so only
    /// under the same definition.
    func pins(_ listed: [JSON]) -> [PinnedTool] {
        var pins: [String: PinnedTool] = [:]
        let kept = isWithdrawing ? [] : missing(in: listed)
        let names = ListedNames(listed.compactMap { $0["name"]?.stringValue } + kept.map(\.name))
        for definition in listed.prefix(ToolPinning.most) {
            guard let name = definition["name"]?.stringValue, name.utf8.count <= 128, pins[name] == nil else {
                continue
            }
            let before = known.first { $0.name == name }
            // A server that always names others doesn't fill the store.
            guard before != nil || pins.count + kept.count < ToolPinning.most else { continue }
            pins[name] = PinnedTool(
                server: server.name, name: name, definition: definition, release: before?.release, isWithdrawn: false,
                obstacle: obstacle(name, definition, among: names), scopes: before?.scopes ?? [])
        }
        for stays in kept { pins[stays.name] = stays }
        for gone in known where pins[gone.name] == nil {
            pins[gone.name] = PinnedTool(
                server: gone.server, name: gone.name, definition: gone.definition, release: gone.release,
                isWithdrawn: true, obstacle: gone.obstacle, scopes: gone.scopes)
        }
        return pins.values.sorted { $0.name < $1.name }
    }

    /// What is pinned, isn't taken away, and isn't listed.
    func missing(in listed: [JSON]) -> [PinnedTool] {
        let names = Set(listed.compactMap { $0["name"]?.stringValue })
        return known.filter { !$0.isWithdrawn && !names.contains($0.name) }
    }

    static let most = 500

    private func obstacle(_ name: String, _ definition: JSON, among names: ListedNames) -> String? {
        guard !name.isEmpty, name.utf8.allSatisfy(ToolPinning.isPlain) else {
            return "its name holds other characters than `A-Z a-z 0-9 _ . -`"
        }
        if let twin = names.twin(of: name) { return "its name looks like that of `\(twin)`" }
        if names.isTwice(name) { return "its name is listed twice" }
        guard definition["inputSchema"]?["type"]?.stringValue == "object" else {
            return "its arguments aren't described as an object"
        }
        guard definition.text.utf8.count <= 64_000 else { return "its definition is larger than 64,000 bytes" }
        return nil
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// What is left of a name when letters that look alike are one (Unicode Technical Standard 39, for the characters that
    /// names may hold, and the Cyrillic and Greek letters that are drawn like them).
    static func skeleton(_ name: String) -> String {
        String(
            name.lowercased().map { character in
                switch character {
                case "0", "о", "ο": "o"
                case "1", "l", "|", "і", "ι": "i"
                case "а", "α": "a"
                case "е": "e"
                case "р", "ρ": "p"
                case "с": "c"
                case "х": "x"
                case "у": "y"
                case "5": "s"
                case "-", ".": "_"
                case _: character
                }
            }
        ).replacing("rn", with: "m").replacing("vv", with: "w")
    }
}
