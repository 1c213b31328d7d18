import Wire

/// A client's configuration file as it is, and with an entry more.
enum ClientFile {
    /// The file's new text. Every other member stays, in its order.
    ///
    /// - Parameters:
    ///   - existing: the file's text; nil when there is none.
    ///   - isForced: whether an entry of the same name is replaced.
    /// - Throws: `CommandFailure` when the file can't be read, or has such an entry.
    static func text(
        _ existing: String?, with entry: ClientEntry, for client: ConfiguredClient, at path: String, isForced: Bool
    ) throws -> String {
        let new = entry.configuration(for: client)
        guard let existing, existing.contains(where: { !$0.isWhitespace }) else { return whole(new) }
        let failure = CommandFailure(
            .refused, "unreadable", "`\(path)` can't be changed without losing something: it isn't plain JSON",
            hint: "leave `--write` out, and put what is printed into it by hand")
        guard let parsed = try? JSON.parse(Array(existing.utf8)), var file = parsed.objectValue else { throw failure }
        try merge(new, into: &file, under: client.servers, entry.name, at: path, isForced, failure)
        try mergeInputs(new, into: &file, failure)
        return whole(file)
    }

    private static func whole(_ object: JSONObject) -> String { JSON.object(object).pretty() + "\n" }

    private static func merge(
        _ new: JSONObject, into file: inout JSONObject, under key: String, _ name: String, at path: String,
        _ isForced: Bool, _ unreadable: CommandFailure
    ) throws {
        guard let there = file[key] else { return file[key] = new[key] }
        guard var servers = there.objectValue else { throw unreadable }
        guard servers[name] == nil || servers[name] == new[key]?[name] || isForced else {
            throw CommandFailure(
                .refused, "exists", "`\(path)` has an entry `\(name)` already, and it is another one",
                hint: "replace it with `--force`, or give this one another name with `--name`")
        }
        servers[name] = new[key]?[name]
        file[key] = .object(servers)
    }

    /// VS Code's inputs are a list; the one with our id is replaced, no other.
    private static func mergeInputs(
        _ new: JSONObject, into file: inout JSONObject, _ unreadable: CommandFailure
    ) throws {
        guard let input = new["inputs"]?[0] else { return }
        guard let there = file["inputs"] else { return file["inputs"] = [input] }
        guard var inputs = there.arrayValue else { throw unreadable }
        if let place = inputs.firstIndex(where: { $0["id"] == input["id"] }) {
            inputs[place] = input
        } else {
            inputs.append(input)
        }
        file["inputs"] = .array(inputs)
    }
}
