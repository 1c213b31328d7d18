import Foundation

/// Reads the tokens of an earlier announcement.
enum TokenFile {
    static func read(_ path: String) throws -> [ServiceName: [String: String]] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw FileProblem(doing: "read", path: path)
        }
        guard let tokens = try? JSONReader.read(String(decoding: data, as: UTF8.self))["tokens"]?.members else {
            throw FileProblem(doing: "find `tokens` in", path: path, code: EINVAL)
        }
        var kept: [ServiceName: [String: String]] = [:]
        for member in tokens {
            guard let service = ServiceName(rawValue: member.name) else { continue }
            for owner in member.value.members ?? [] {
                kept[service, default: [:]][owner.name] = owner.value.text
            }
        }
        return kept
    }
}

/// Writes a file that only its owner may read, whole or not at all.
enum OwnerFile {
    static func write(_ bytes: [UInt8], to path: String) throws {
        let draft = "\(path).\(getpid())"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileProblem(doing: "write", path: path) }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try handle.write(contentsOf: Data(bytes))
        try handle.close()
        guard rename(draft, path) == 0 else { throw FileProblem(doing: "write", path: path) }
    }
}
