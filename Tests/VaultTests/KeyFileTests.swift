import Glibc
import Testing
import Vault

@Suite struct KeyFileTests {
    @Test func `a new key file opens what the ring that made it sealed`() throws {
        let folder = try Folder()
        let made = try KeyRing.create(at: folder.keys)
        let sealed = try made.seal(Secret(text: "xoxp"), .sample)
        let read = try KeyRing(file: folder.keys)
        #expect(read.activeKey == made.activeKey)
        #expect(try read.open(sealed, .sample).copyOfBytes() == Array("xoxp".utf8))
        var status = stat()
        try #require(stat(folder.keys, &status) == 0)
        #expect(status.st_mode & 0o7777 == 0o600)
        let line = try #require(try folder.read().split(separator: "\n").last)
        #expect(line.hasPrefix("deputy-key-v1 active \(made.activeKey) "))
    }

    @Test func `an existing key file is never overwritten`() throws {
        let folder = try Folder()
        let made = try KeyRing.create(at: folder.keys)
        #expect(code { () throws(VaultError) in try KeyRing.create(at: folder.keys) } == .keyFileUnusable)
        #expect(try KeyRing(file: folder.keys).activeKey == made.activeKey)
    }

    @Test func `a missing key file is named with the way out`() throws {
        let folder = try Folder()
        do throws(VaultError) {
            _ = try KeyRing(file: folder.keys)
            Issue.record("a ring without a file")
        } catch {
            #expect(error.code == .keyFileMissing)
            #expect(error.message.contains(folder.keys))
            #expect(error.hint != nil)
        }
    }

    @Test(arguments: [0o640, 0o620, 0o610, 0o604, 0o602, 0o601, 0o666, 0o440] as [mode_t])
    func `a file that others may touch is refused`(mode: mode_t) throws {
        let folder = try Folder()
        _ = try KeyRing.create(at: folder.keys)
        chmod(folder.keys, mode)
        #expect(code { () throws(VaultError) in try KeyRing(file: folder.keys) } == .keyFileExposed)
        chmod(folder.keys, 0o400)
        #expect(try KeyRing(file: folder.keys).keyStates.count == 1)
    }

    @Test(.enabled(if: geteuid() == 0, "only root can give a file away"))
    func `a file of another user is refused`() throws {
        let folder = try Folder()
        _ = try KeyRing.create(at: folder.keys)
        try #require(chown(folder.keys, 12_345, 12_345) == 0)
        #expect(code { () throws(VaultError) in try KeyRing(file: folder.keys) } == .keyFileExposed)
    }

    @Test func `a symbolic link, a folder and a pipe are refused`() throws {
        let folder = try Folder()
        _ = try KeyRing.create(at: folder.keys)
        let link = "\(folder.path)/link"
        try #require(symlink(folder.keys, link) == 0)
        #expect(code { () throws(VaultError) in try KeyRing(file: link) } == .keyFileExposed)
        #expect(code { () throws(VaultError) in try KeyRing(file: folder.path) } == .keyFileExposed)
        let pipe = "\(folder.path)/copy"
        try #require(mkfifo(pipe, 0o600) == 0)
        #expect(code { () throws(VaultError) in try KeyRing(file: pipe) } == .keyFileExposed)
    }

    @Test func `a key file in a folder that is not there cannot be made`() {
        let path = "/nonexistent-deputy/keys"
        #expect(code { () throws(VaultError) in try KeyRing.create(at: path) } == .keyFileUnusable)
    }

    @Test func `after a change of the active key the old records open`() throws {
        let folder = try Folder()
        let old = try KeyRing.create(at: folder.keys)
        let sealed = try old.seal(Secret(text: "xoxp"), .sample)
        let canary = try old.makeCanary()
        let oldText = try folder.read()
        unlink(folder.keys)
        let new = try KeyRing.create(at: folder.keys)
        try folder.write(oldText.replacing("v1 active", with: "v1 decrypt-only") + folder.read())
        let both = try KeyRing(file: folder.keys)
        #expect(both.activeKey == new.activeKey)
        #expect(both.keyStates.map(\.state) == [.decryptOnly, .active])
        #expect(try both.open(sealed, .sample).count == 4)
        try both.checkCanary(canary)
        #expect(try both.seal(Secret(text: "x"), .sample).keyID == new.activeKey)
    }

    @Test func `a file needs exactly one active key and no key twice`() throws {
        let folder = try Folder()
        _ = try KeyRing.create(at: folder.keys)
        let text = try folder.read()
        let passive = text.replacing("v1 active", with: "v1 decrypt-only")
        for broken in ["", "# nothing here\n", passive, text + text, text + passive] {
            try folder.write(broken)
            #expect(code { () throws(VaultError) in try KeyRing(file: folder.keys) } == .keyFileInvalid)
        }
    }

    @Test func `a change of any character of a key line is noticed and never shown`() throws {
        let folder = try Folder()
        _ = try KeyRing.create(at: folder.keys)
        let text = Array(try folder.read().utf8)
        let start = try #require(text.firstIndex(of: UInt8(ascii: "\n"))) + 1
        let secret = String(decoding: text.suffix(45).prefix(20), as: UTF8.self)
        for index in start..<(text.count - 1) {
            var altered = text
            altered[index] = altered[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            try folder.write(String(decoding: altered, as: UTF8.self))
            do throws(VaultError) {
                _ = try KeyRing(file: folder.keys)
                Issue.record("character \(index) changed unnoticed")
            } catch {
                #expect(error.code == .keyFileInvalid)
                #expect(error.message.contains("line 2"))
                #expect(!"\(error)".contains(secret))
            }
        }
    }
}
