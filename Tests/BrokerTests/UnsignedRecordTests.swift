import Authority
import Broker
import Gate
import Ledger
import Testing
import Twins

/// Records that no checkpoint covers: a crash leaves them behind, somebody who writes to the database makes them, and a
/// gateway that shares it is about to sign them.
struct UnsignedRecordTests {
    private let stage: VaultStage

    init() throws {
        stage = try VaultStage()
    }

    private func sign() async throws {
        let tree = TreeID.organization(VaultStage.acme)
        let head = try await stage.store.head(of: tree)
        let checkpoint = try Checkpoint(origin: VaultStage.signing.origin(of: tree), size: head.size, root: head.root)
            .signed(by: VaultStage.signing.key(of: tree)).description
        try await stage.store.keep(checkpoint: checkpoint, size: head.size, of: tree)
    }

    @Test func `what no checkpoint covers gives nothing`() async throws {
        let alice = try await stage.connect("alice", secret: "alices-secret")
        try await sign()
        let bob = try await stage.connect("bob", secret: "bobs-secret")
        #expect(try await stage.audit.distrustUnsigned(in: VaultStage.acme) == [bob.id])
        #expect(try await stage.row(bob.id).health == .broken)
        #expect(try await stage.row(alice.id).health == .healthy)
        #expect(try await stage.audit.distrustUnsigned(in: VaultStage.acme).isEmpty)
    }

    @Test func `what another gateway signs while this one starts is good`() async throws {
        let alice = try await stage.connect("alice", secret: "alices-secret")
        var waits = 0
        let distrusted = try await stage.audit.distrustUnsigned(in: VaultStage.acme) {
            waits += 1
            if waits == 3 { try? await sign() }
            return true
        }
        #expect(distrusted.isEmpty)
        #expect(waits == 3, "it waits no longer than it has to")
        #expect(try await stage.row(alice.id).health == .healthy)
    }

    @Test func `what others add while this one waits is theirs to sign`() async throws {
        let alice = try await stage.connect("alice", secret: "alices-secret")
        var bob: ConnectionRecord?
        let distrusted = try await stage.audit.distrustUnsigned(in: VaultStage.acme) {
            guard bob == nil else { return false }
            bob = try? await stage.connect("bob", secret: "bobs-secret")
            return true
        }
        #expect(distrusted == [alice.id])
        #expect(try await stage.row(try #require(bob).id).health == .healthy)
    }

    @Test func `nobody waits where everything is signed, and a checkpoint by another key signs nothing`() async throws {
        let alice = try await stage.connect("alice", secret: "alices-secret")
        let tree = TreeID.organization(VaultStage.acme)
        let head = try await stage.store.head(of: tree)
        let other = LedgerKeys(name: "vault.test", seed: [UInt8](repeating: 4, count: 32))
        let forged = try Checkpoint(origin: other.origin(of: tree), size: head.size, root: head.root)
            .signed(by: other.key(of: tree)).description
        var waits = 0
        let distrusted = try await stage.audit.distrustUnsigned(in: VaultStage.acme) {
            waits += 1
            guard waits == 1 else { return false }
            try? await stage.store.keep(checkpoint: forged, size: head.size + 100, of: tree)
            return true
        }
        #expect(distrusted == [alice.id])
        #expect(waits == 2)
        try await sign()
        waits = 0
        _ = try await stage.audit.distrustUnsigned(in: VaultStage.acme) {
            waits += 1
            return true
        }
        #expect(waits == 0)
    }
}
