import FoundationEssentials
import Wire

/// Definition files as they are sent.
struct DefinitionFiles {
    /// `-` is standard input.
    let names: [String]
    let asAgent: Bool
    let owner: String?

    func add(to body: inout JSONObject) throws {
        body["files"] = .array(
            try names.map { name in
                ["name": .string(name == "-" ? "standard input" : name), "text": .string(try text(of: name))]
            })
        body["asAgent"] = .bool(asAgent)
        body["owner"] = owner.map { .string($0) }
    }

    private func text(of name: String) throws -> String {
        guard name != "-" else { return standardInput() }
        do {
            return try String(contentsOfFile: name, encoding: .utf8)
        } catch {
            guard FileManager.default.fileExists(atPath: name) else {
                throw CommandFailure(
                    .refused, "invalid", "there is no file `\(name)`",
                    hint: "name one in JSON5, or `-` for standard input; `deputy export` writes one")
            }
            throw CommandFailure(
                .refused, "invalid", "`\(name)` can't be read", hint: "give a file in UTF-8 that you may read")
        }
    }

    private func standardInput() -> String {
        var text = ""
        while let line = readLine(strippingNewline: false) { text += line }
        return text
    }
}
