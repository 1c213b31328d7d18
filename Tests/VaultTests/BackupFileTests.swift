import Foundation
import Testing
import Vault

struct BackupFileTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "backup-\(UUID().uuidString)")
    private let ring: KeyRing

    init() throws {
        ring = try KeyRing.ephemeral()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func path(_ name: String) -> String { folder.appending(path: name).path }

    private func write(_ bytes: Data, _ name: String) throws -> String {
        try bytes.write(to: folder.appending(path: name))
        return path(name)
    }

    private func sealed(_ count: Int) throws -> (plain: Data, file: String) {
        let plain = Data((0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) })
        let target = path("sealed-\(count)")
        try ring.sealBackup(try write(plain, "plain-\(count)"), to: target)
        return (plain, target)
    }

    private func refusal(_ file: String, _ ring: KeyRing? = nil) -> VaultError.Code? {
        let target = path("out-\(UUID().uuidString)")
        let refusal = code { () throws(VaultError) in try (ring ?? self.ring).openBackup(file, to: target) }
        #expect(refusal == nil || !FileManager.default.fileExists(atPath: target), "nothing is left of a refusal")
        return refusal
    }

    @Test(arguments: [0, 1, 1 << 20 - 1, 1 << 20, 1 << 20 + 1, 3_500_000])
    func `what was sealed comes back`(count: Int) throws {
        let (plain, file) = try sealed(count)
        try ring.openBackup(file, to: path("back"))
        #expect(try Data(contentsOf: folder.appending(path: "back")) == plain)
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        if count > 64 { #expect(try Data(contentsOf: URL(filePath: file)).range(of: plain.prefix(64)) == nil) }
    }

    @Test func `a file that lost bytes, one that was altered and another home's are told apart`() throws {
        let (_, file) = try sealed(1 << 20 + 100)
        let whole = try Data(contentsOf: URL(filePath: file))
        for count in [77, 78, 1 << 20, 1 << 20 + 77 + 16, whole.count - 1] {
            #expect(refusal(try write(whole.prefix(count), "cut")) == .truncated, "\(count)")
        }
        for count in [0, 10, 64] {
            #expect(refusal(try write(whole.prefix(count), "cut")) == .backupInvalid, "\(count)")
        }
        #expect(refusal(try write(whole + [0], "longer")) == .notAuthentic)
        for index in [25, 40, 56, 70, 77, 1000, 1 << 20, whole.count - 1] {
            var altered = whole
            altered[index] ^= 1
            #expect(refusal(try write(altered, "altered")) == .notAuthentic, "byte \(index)")
        }
        var elsewhere = whole
        elsewhere[20] ^= 1
        #expect(refusal(try write(elsewhere, "elsewhere")) == .unknownKey)
        #expect(refusal(file, try KeyRing.ephemeral()) == .unknownKey)
        #expect(refusal(try write(Data("SQLite format 3".utf8) + Data(count: 100), "raw")) == .backupInvalid)
        #expect(refusal(path("nothing")) == .backupUnusable)
    }

    @Test func `pieces can't change places`() throws {
        let (_, file) = try sealed(3 << 20)
        var mixed = try Data(contentsOf: URL(filePath: file))
        let piece = 1 << 20 + 16
        let (first, second) = (mixed[77..<77 + piece], mixed[77 + piece..<77 + 2 * piece])
        mixed.replaceSubrange(77..<77 + 2 * piece, with: second + first)
        #expect(refusal(try write(mixed, "mixed")) == .notAuthentic)
    }

    @Test func `a file that is there is never overwritten`() throws {
        let (_, file) = try sealed(10)
        let there = try write(Data("mine".utf8), "there")
        #expect(code { () throws(VaultError) in try ring.sealBackup(path("plain-10"), to: there) } == .backupUnusable)
        #expect(code { () throws(VaultError) in try ring.openBackup(file, to: there) } == .backupUnusable)
        #expect(try Data(contentsOf: URL(filePath: there)) == Data("mine".utf8))
    }

    @Test func `after a rotation an older backup opens until its key is retired`() throws {
        let (_, file) = try sealed(10)
        let old = ring.activeKey
        _ = try ring.rotate()
        #expect(refusal(file) == nil)
        try ring.retire(old)
        #expect(refusal(file) == .unknownKey)
    }
}
