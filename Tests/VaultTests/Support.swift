import Glibc
import Testing
import Vault

extension SealContext {
    /// A place with a different word in every field.
    static let sample = SealContext(
        organization: "acme", ownerKind: "person", owner: "alice", provider: "notion", host: "api.notion.test",
        issuer: "https://id.notion.test", account: "w-1/u-1", connection: "c1", kind: "bearer", generation: 1)
}

extension Secret {
    init(text: String) {
        var bytes = Array(text.utf8)
        self.init(consuming: &bytes)
    }

    borrowing func copyOfBytes() -> [UInt8] { withBytes { Array($0) } }
}

/// A folder of one test's own, removed with what is in it.
struct Folder: ~Copyable {
    let path: String

    init() throws {
        var template = Array("/tmp/deputy-vault-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap { mkdtemp($0) } != nil }
        try #require(made)
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit {
        for name in ["keys", "link", "copy"] { unlink("\(path)/\(name)") }
        rmdir(path)
    }

    var keys: String { "\(path)/keys" }

    borrowing func write(_ text: String, mode: mode_t = 0o600) throws {
        let descriptor = open(keys, O_WRONLY | O_CREAT | O_TRUNC, mode)
        try #require(descriptor >= 0)
        let bytes = Array(text.utf8)
        try #require(Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
        fchmod(descriptor, mode)
        close(descriptor)
    }

    /// As if it had been written earlier: whoever looks takes a whole second to be another writing.
    borrowing func age(by seconds: Int) throws {
        let then = timeval(tv_sec: time(nil) - seconds, tv_usec: 0)
        let isDone = utimes(keys, [then, then]) == 0
        try #require(isDone)
    }

    borrowing func read() throws -> String {
        let descriptor = open(keys, O_RDONLY)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}

/// The code of the error that `body` throws; nil if it throws none.
func code<Result: ~Copyable>(of body: () throws(VaultError) -> Result) -> VaultError.Code? {
    do throws(VaultError) {
        _ = try body()
        return nil
    } catch {
        return error.code
    }
}
