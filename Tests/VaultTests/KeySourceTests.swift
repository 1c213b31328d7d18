import Glibc
import Synchronization
import Testing

@testable import Vault

/// Answers in turn, and counts what it was asked.
private final class Answers: KeyAsker {
    private let state: Mutex<(asked: [KeyQuestion], answers: ArraySlice<String>)>

    init(_ answers: String...) { state = Mutex(([], answers[...])) }

    var asked: [KeyQuestion] { state.withLock(\.asked) }

    func answer(_ question: KeyQuestion) throws(VaultError) -> Secret {
        let answer = state.withLock { state in
            state.asked.append(question)
            return state.answers.popFirst()
        }
        guard let answer else { throw .nobody(question) }
        return Secret(text: answer)
    }
}

private let words = "correct horse battery staple"
private let others = "seven quiet otters drink tea"

@Suite struct KeySourceTests {
    @Test(arguments: [
        "file", "passphrase", "credential:deputy-key", "credential:a.b_c-1",
        "pkcs11:token=My%20Token;object=kek?module-path=/usr/lib/x.so",
        "pkcs11:token=t;object=kek;serial=0a1b?module-path=/x.so&pin-source=file:/run/pin",
        "pkcs11:token=t;object=kek?module-path=/x.so&pin-source=credential:pin",
    ])
    func `a source is written as it was read`(text: String) throws {
        #expect(try KeySource(text).description == text)
    }

    @Test func `short forms stand for the whole ones`() throws {
        #expect(try KeySource("credential") == .credential("deputy-key"))
        #expect(
            try KeySource("pkcs11:token=t;object=k?module-path=/x.so&pin-source=/run/pin").description
                == "pkcs11:token=t;object=k?module-path=/x.so&pin-source=file:/run/pin")
    }

    @Test(arguments: [
        "", "files", "credential:", "credential:../x", "credential:.x", "credential:a b", "pkcs11:",
        "pkcs11:token=t;object=k", "pkcs11:token=t;object=k?module-path=x.so",
        "pkcs11:token=t;object=k?module-path=/x.so&pin-value=1234", "pkcs11:token=t;token=u;object=k?module-path=/x.so",
        "pkcs11:token=t;object=k;slot-id=1?module-path=/x.so", "pkcs11:token=%0a;object=k?module-path=/x.so",
        "pkcs11:token=%zz;object=k?module-path=/x.so", "pkcs11:token=%ff;object=k?module-path=/x.so",
        "pkcs11:token=t;object=k?module-path=/x.so&pin-source=|cat", "pkcs11:token=;object=k?module-path=/x.so",
    ])
    func `what isn't a source is refused`(text: String) {
        #expect(code { () throws(VaultError) in try KeySource(text) } == .sourceInvalid)
    }

    @Test func `a passphrase opens the keys, and no plain key is in the file`() throws {
        let folder = try Folder()
        let asker = Answers(words, words)
        let ring = try KeyRing.create(at: folder.keys, source: .passphrase, cost: 15, asking: asker)
        let sealed = try ring.seal(Secret(text: "xoxp"), .sample)
        #expect(ring.source == .passphrase)
        #expect(try KeyRing.source(of: folder.keys) == .passphrase)
        #expect(try !folder.read().contains("deputy-key-v1"))
        let read = try KeyRing(file: folder.keys, asking: asker)
        #expect(read.activeKey == ring.activeKey)
        #expect(try read.open(sealed, .sample).copyOfBytes() == Array("xoxp".utf8))
        #expect(asker.asked == [.newPassphrase, .passphrase])
    }

    @Test func `a wrong passphrase, nobody to ask and a damaged file are told apart`() throws {
        let folder = try Folder()
        _ = try KeyRing.create(at: folder.keys, source: .passphrase, cost: 15, asking: Answers(words))
        #expect(
            code { () throws(VaultError) in try KeyRing(file: folder.keys, asking: Answers(others)) }
                == .wrongPassphrase)
        #expect(code { () throws(VaultError) in try KeyRing(file: folder.keys) } == .notGiven)
        let text = try folder.read()
        for (from, to) in [
            ("root ", "root A"), ("scrypt 15", "scrypt 16"), ("check ", "check 0"), ("\nring", "\nrinG"),
        ] {
            var lines = text
            lines.replace(from, with: to, maxReplacements: 1)
            try folder.write(lines)
            #expect(
                code { () throws(VaultError) in try KeyRing(file: folder.keys, asking: Answers(words)) }
                    == .keyFileInvalid)
        }
    }

    @Test(arguments: ["short", "fourteen chars", "aaaaaaaaaaaaaaaaaaaaaaaa", "abababababababababab"])
    func `a passphrase that is easily guessed is refused`(text: String) throws {
        let folder = try Folder()
        let made = code { () throws(VaultError) in
            try KeyRing.create(at: folder.keys, source: .passphrase, cost: 15, asking: Answers(text))
        }
        #expect(made == .weakPassphrase)
        #expect(access(folder.keys, F_OK) != 0)
    }

    @Test(arguments: [
        "scrypt 14 8 1", "scrypt 21 8 1", "scrypt 40 8 1", "scrypt 17 1024 1", "scrypt 17 8 0", "scrypt 17 8 99",
        "scrypt -1 8 1",
    ])
    func `a hostile cost is refused before anything is derived`(line: String) throws {
        let salt = String(repeating: "A", count: 43) + "="
        #expect(
            code { () throws(VaultError) in try ScryptCost("\(line) \(salt)").map(\.exponent) } == .parametersRefused)
        #expect(
            code { () throws(VaultError) in try ScryptCost("scrypt 17 8 1 AAAA").map(\.exponent) } == .parametersRefused
        )
        #expect(try ScryptCost("scrypt 17 8 1 \(salt)")?.exponent == 17)
        #expect(code { () throws(VaultError) in try ScryptCost(exponent: 14).line } == .parametersRefused)
    }

    @Test func `what a sealed file says of its source is authenticated`() throws {
        let head = try #require(SealedRingHead(.passphrase, cost: try ScryptCost(exponent: 15)))
        let source = try OpenedSource(head, asking: Answers(words))
        let root = Secret.random(count: 32)
        let wrapped = try source.wrap(root)
        #expect(try Secret.constantTimeEqual(root, source.unwrap(wrapped)))
        guard case .passphrase(_, let key) = source else { return }
        let other = OpenedSource.passphrase(try ScryptCost(exponent: 15), key)
        #expect(code { () throws(VaultError) in try other.unwrap(wrapped) } == .wrongPassphrase)
    }

    @Test func `a moved ring opens by the new source alone, and seals on`() throws {
        let folder = try Folder()
        let ring = try KeyRing.create(at: folder.keys)
        let sealed = try ring.seal(Secret(text: "xoxp"), .sample)
        let plain = try folder.read()
        var steps: [String] = []
        try ring.move(
            to: .passphrase, cost: 15, asking: Answers(words),
            ready: { steps.append((try? folder.read()) == plain ? "old" : "new") },
            replaced: { steps.append((try? folder.read()) == plain ? "old" : "new") })
        #expect(steps == ["old", "new"])
        #expect(ring.source == .passphrase)
        let new = try ring.rotate()
        for asker in [Answers(words)] {
            let read = try KeyRing(file: folder.keys, asking: asker)
            #expect(read.activeKey == new)
            #expect(read.keyStates.count == 2)
            #expect(try read.open(sealed, .sample).copyOfBytes() == Array("xoxp".utf8))
        }
        let before = try folder.read()
        try ring.move(to: .passphrase, cost: 15, asking: Answers(others))
        let after = try folder.read()
        #expect(
            code { () throws(VaultError) in try KeyRing(file: folder.keys, asking: Answers(words)) } == .wrongPassphrase
        )
        #expect(try KeyRing(file: folder.keys, asking: Answers(others)).activeKey == new)
        let sealedLine = { (text: String) in text.split(separator: "\n").first { $0.hasPrefix("ring ") } }
        #expect(sealedLine(before) == sealedLine(after), "another passphrase wraps the root again and nothing else")
        try ring.move(to: .file, asking: NobodyToAsk())
        #expect(try KeyRing(file: folder.keys).activeKey == new)
        #expect(code { () throws(VaultError) in try ring.move(to: .file, asking: NobodyToAsk()) } == .sourceInvalid)
    }

    @Test func `a move that fails leaves the file as it was`() throws {
        let folder = try Folder()
        let ring = try KeyRing.create(at: folder.keys)
        let plain = try folder.read()
        for (source, expected) in [
            (KeySource.passphrase, VaultError.Code.notGiven), (.credential("nowhere"), .notGiven),
            (try KeySource("pkcs11:token=t;object=k?module-path=/nowhere.so"), .tokenUnusable),
        ] {
            #expect(code { () throws(VaultError) in try ring.move(to: source, asking: NobodyToAsk()) } == expected)
            #expect(try folder.read() == plain)
            #expect(ring.source == .file)
            #expect(access(folder.keys + ".new", F_OK) != 0)
        }
    }

    @Test func `a ring notices when another process changed its file`() throws {
        let folder = try Folder()
        let ring = try KeyRing.create(at: folder.keys)
        try ring.check()
        _ = try KeyRing(file: folder.keys).rotate()
        #expect(code { () throws(VaultError) in try ring.check() } == .keyFileInvalid)
        #expect(
            code { () throws(VaultError) in try ring.move(to: .passphrase, cost: 15, asking: Answers(words)) }
                == .keyFileInvalid)
        #expect(ring.source == .file)
    }
}

@Suite struct BackupSourceTests {
    @Test func `a backup brings a sealed key file along, and names the source that it needs`() throws {
        let there = try Folder()
        let here = try Folder()
        let ring = try KeyRing.create(at: there.keys, source: .passphrase, cost: 15, asking: Answers(words))
        let (plain, backup) = ("\(there.path)/link", "\(there.path)/copy")
        let descriptor = open(plain, O_WRONLY | O_CREAT, 0o600)
        try #require(write(descriptor, "data", 4) == 4)
        close(descriptor)
        try ring.sealBackup(plain, to: backup)
        #expect(
            code { () throws(VaultError) in
                try KeyRing.taking(from: backup, to: here.keys, asking: Answers(others))
            } == .wrongPassphrase)
        #expect(access(here.keys, F_OK) != 0)
        let taken = try #require(try KeyRing.taking(from: backup, to: here.keys, asking: Answers(words)))
        #expect(taken.activeKey == ring.activeKey)
        #expect(try here.read() == there.read())
        try taken.openBackup(backup, to: "\(here.path)/copy")
        let other = try KeyRing.ephemeral()
        #expect(code { () throws(VaultError) in try other.checkBackup(backup) } == .wrongSource)
        unlink(plain)
        unlink(backup)
        try other.sealBackup("\(here.path)/copy", to: backup)
        #expect(code { () throws(VaultError) in try ring.checkBackup(backup) } == .wrongSource)
        #expect(try KeyRing.taking(from: backup, to: there.keys + "2", asking: NobodyToAsk()) == nil)
        let again = try KeyRing.ephemeral()
        #expect(code { () throws(VaultError) in try again.checkBackup(backup) } == .unknownKey)
    }
}
