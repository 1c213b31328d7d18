import Authority
import Foundation
import Testing

@testable import Gateway

/// When the files of a certificate are taken anew.
struct LiveIdentityTests {
    private let folder: URL
    private let files: TLSFiles
    /// In 2030.
    private let now = Timestamp(microseconds: 1_900_000_000_000_000)

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "deputy-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        files = TLSFiles(
            certificate: folder.appending(path: "cert.pem").path, key: folder.appending(path: "key.pem").path)
        try write(TestIdentity.one)
    }

    private func write(_ identity: (certificate: String, key: String)) throws {
        try write(identity.certificate, files.certificate)
        try write(identity.key, files.key)
    }

    /// As tools that renew do: a new file in the old one's place.
    private func write(_ text: String, _ path: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path + ".new"))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path + ".new")
        _ = rename(path + ".new", path)
    }

    @Test func `files that didn't change aren't read`() throws {
        let identity = try LiveIdentity(files, now: now)
        for _ in 0..<3 { #expect(identity.renewIfChanged(now: now) == .unchanged) }
    }

    @Test func `changed files are taken once they have come to rest`() throws {
        let identity = try LiveIdentity(files, now: now)
        let before = identity.context
        try write(TestIdentity.two.certificate, files.certificate)
        #expect(identity.renewIfChanged(now: now) == .unchanged, "the key may be on its way")
        try write(TestIdentity.two.key, files.key)
        #expect(identity.renewIfChanged(now: now) == .unchanged)
        #expect(identity.renewIfChanged(now: now) == .renewed)
        #expect(identity.context !== before)
        #expect(identity.renewIfChanged(now: now) == .unchanged)
    }

    @Test func `what doesn't fit keeps the one before, and is told once`() throws {
        let identity = try LiveIdentity(files, now: now)
        let before = identity.context
        try write(TestIdentity.two.certificate, files.certificate)
        #expect(identity.renewIfChanged(now: now) == .unchanged)
        guard case .kept(let error) = identity.renewIfChanged(now: now) else {
            Issue.record("a key of another certificate was taken")
            return
        }
        #expect(error.message.contains("doesn't fit"))
        #expect(identity.renewIfChanged(now: now) == .unchanged)
        #expect(identity.context === before)
        try write(TestIdentity.two.key, files.key)
        _ = identity.renewIfChanged(now: now)
        #expect(identity.renewIfChanged(now: now) == .renewed)
    }

    @Test func `files that are gone keep the one before`() throws {
        let identity = try LiveIdentity(files, now: now)
        try FileManager.default.removeItem(atPath: files.key)
        guard case .kept = identity.renew(now: now) else {
            Issue.record("nothing was taken for a key")
            return
        }
    }

    @Test func `a signal renews at once`() throws {
        let identity = try LiveIdentity(files, now: now)
        try write(TestIdentity.two)
        #expect(identity.renew(now: now) == .renewed)
    }

    @Test func `an expired certificate is refused`() {
        let late = Timestamp(microseconds: 6_000_000_000_000_000)
        let error = #expect(throws: FaceError.self) { try LiveIdentity(files, now: late) }
        #expect(error?.message.contains("no longer valid") == true)
    }
}
