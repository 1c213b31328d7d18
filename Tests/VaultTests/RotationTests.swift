import Glibc
import Testing
import Vault

@Suite struct RotationTests {
    @Test func `after a rotation a new key seals, and what the old one sealed opens`() throws {
        let folder = try Folder()
        let ring = try KeyRing.create(at: folder.keys)
        let old = ring.activeKey
        let sealed = try ring.seal(Secret(text: "xoxp"), .sample)
        let payload = try ring.sealPayload([1, 2, 3], id: "p1")
        let new = try ring.rotate()
        #expect(new != old)
        #expect(ring.activeKey == new)
        for ring in [ring, try KeyRing(file: folder.keys)] {
            #expect(ring.keyStates.map(\.id) == [old, new])
            #expect(ring.keyStates.map(\.state) == [.decryptOnly, .active])
            #expect(try ring.open(sealed, .sample).copyOfBytes() == Array("xoxp".utf8))
            #expect(try ring.openPayload(payload, id: "p1") == [1, 2, 3])
            #expect(try ring.seal(Secret(text: "x"), .sample).keyID == new)
        }
        var status = stat()
        try #require(stat(folder.keys, &status) == 0)
        #expect(status.st_mode & 0o7777 == 0o600)
        #expect(try folder.read().hasPrefix("# The key that seals"))
        #expect(access(folder.keys + ".new", F_OK) != 0)
    }

    @Test func `a key that waits opens, and seals once it is activated`() throws {
        let folder = try Folder()
        let ring = try KeyRing.create(at: folder.keys)
        let old = ring.activeKey
        let new = try ring.add()
        #expect(ring.activeKey == old && ring.waiting == new)
        #expect(code { () throws(VaultError) in try ring.add() } == .keyInUse)
        #expect(try KeyRing(file: folder.keys).keyStates.map(\.state) == [.active, .waiting])
        #expect(try ring.rotate() == new)
        #expect(ring.waiting == nil)
        #expect(try KeyRing(file: folder.keys).keyStates.map(\.state) == [.decryptOnly, .active])
    }

    @Test func `a ring takes over a copied file that opens the database, and no other`() throws {
        let folder = try Folder()
        let there = try Folder()
        let ring = try KeyRing.create(at: folder.keys)
        try there.write(folder.read())
        let other = try KeyRing(file: there.keys)
        let new = try ring.add()
        #expect(try !other.follow(ring.makeCanary()))
        try there.write(folder.read())
        try there.age(by: 60)
        #expect(try other.follow(ring.makeCanary()))
        #expect(other.waiting == new)
        _ = try ring.rotate()
        let sealed = try ring.seal(Secret(text: "xoxp"), .sample)
        #expect(try other.open(sealed, .sample).copyOfBytes() == Array("xoxp".utf8))
        try other.activate(ring.activeKey)
        #expect(try other.seal(Secret(text: "x"), .sample).keyID == new)
        let strange = try Folder()
        _ = try KeyRing.create(at: strange.keys)
        try there.write(strange.read())
        try there.age(by: 120)
        #expect(code { () throws(VaultError) in try other.follow(ring.makeCanary()) } == .unknownKey)
        #expect(other.activeKey == new)
    }

    @Test func `a rewrapped secret opens without the old key, in its own place alone`() throws {
        let folder = try Folder()
        let ring = try KeyRing.create(at: folder.keys)
        let old = ring.activeKey
        let sealed = try ring.seal(Secret(text: "xoxp"), .sample)
        _ = try ring.rotate()
        let again = try ring.rewrap(sealed)
        #expect(again.keyID == ring.activeKey)
        #expect(again.bytes.suffix(32) == sealed.bytes.suffix(32), "the secret itself stays closed")
        try ring.retire(old)
        let read = try KeyRing(file: folder.keys)
        #expect(read.keyStates.map(\.id) == [ring.activeKey])
        #expect(try read.open(again, .sample).copyOfBytes() == Array("xoxp".utf8))
        #expect(code { () throws(VaultError) in try read.open(sealed, .sample) } == .unknownKey)
        var moved = SealContext.sample
        moved.owner = "bob"
        #expect(code { () throws(VaultError) in try read.open(again, moved) } == .misplaced)
    }

    @Test func `no byte of a rewrapped record can change unnoticed`() throws {
        let ring = try KeyRing.ephemeral()
        let sealed = try ring.seal(Secret(text: "xoxp-alice"), .sample)
        _ = try ring.rotate()
        let again = try ring.rewrap(sealed).bytes
        for index in again.indices {
            var altered = again
            altered[index] ^= 1
            #expect(
                code { () throws(VaultError) in try ring.open(SealedSecret(bytes: altered), .sample) } != nil,
                "byte \(index)")
        }
        // A body of one record behind the head of another.
        let other = try ring.seal(Secret(text: "xoxp-elena"), .sample).bytes
        let mixed = SealedSecret(bytes: Array(again[..<98]) + other[98...])
        #expect(code { () throws(VaultError) in try ring.open(mixed, .sample) } == .notAuthentic)
    }

    @Test func `a key that seals isn't retired, nor one that isn't there`() throws {
        let ring = try KeyRing.ephemeral()
        let active = ring.activeKey
        #expect(code { () throws(VaultError) in try ring.retire(active) } == .keyInUse)
        let other = try KeyRing.ephemeral().activeKey
        #expect(code { () throws(VaultError) in try ring.retire(other) } == .unknownKey)
        #expect(ring.sinceChange == nil)
    }

    @Test func `the time of a change is the file's, so that it outlives the process`() throws {
        let folder = try Folder()
        let ring = try KeyRing.create(at: folder.keys)
        _ = try ring.rotate()
        #expect(try #require(ring.sinceChange) < .seconds(60))
        let past = timeval(tv_sec: 1_000_000_000, tv_usec: 0)
        try #require(utimes(folder.keys, [past, past]) == 0)
        #expect(try #require(try KeyRing(file: folder.keys).sinceChange) > .seconds(1_000_000))
    }

    @Test func `a file that somebody changed meanwhile is left as it is`() throws {
        let folder = try Folder()
        let ring = try KeyRing.create(at: folder.keys)
        let active = ring.activeKey
        unlink(folder.keys)
        _ = try KeyRing.create(at: folder.keys)
        let text = try folder.read()
        #expect(code { () throws(VaultError) in try ring.rotate() } == .keyFileInvalid)
        #expect(try folder.read() == text)
        #expect(ring.activeKey == active)
    }

    @Test func `a ring holds so many keys and no more`() throws {
        let ring = try KeyRing.ephemeral()
        for _ in 1..<VaultLimits.keys { _ = try ring.rotate() }
        #expect(code { () throws(VaultError) in try ring.rotate() } == .keyInUse)
        #expect(ring.keyStates.count == VaultLimits.keys)
    }

    @Test func `what a crash left of a new file is no hindrance`() throws {
        let folder = try Folder()
        let ring = try KeyRing.create(at: folder.keys)
        let draft = open(folder.keys + ".new", O_WRONLY | O_CREAT, 0o600)
        try #require(draft >= 0)
        close(draft)
        _ = try ring.rotate()
        #expect(try KeyRing(file: folder.keys).keyStates.count == 2)
    }
}
