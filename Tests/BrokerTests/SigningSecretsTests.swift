import Authority
import Broker
import Gate
import Testing
import Turns
import Twins
import Vault

struct SigningSecretsTests {
    @Test func `a secret opens at its own place alone, and only checks`() throws {
        let secrets = SigningSecrets(keys: try KeyRing.ephemeral())
        var bytes = Array("Jefe".utf8)
        let sealed = try secrets.seal(&bytes, for: "channel/acme/slack/help")
        #expect(bytes.isEmpty)
        #expect(throws: VaultError.self) { try secrets.open(sealed, for: "channel/acme/slack/other") }
        let held = try secrets.open(sealed, for: "channel/acme/slack/help")
        // RFC 4231, test case 2.
        let mac: [UInt8] = [
            0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e, 0x6a, 0x04, 0x24, 0x26, 0x08, 0x95, 0x75, 0xc7, 0x5a, 0x00,
            0x3f, 0x08, 0x9d, 0x27, 0x39, 0x83, 0x9d, 0xec, 0x58, 0xb9, 0x64, 0xec, 0x38, 0x43,
        ]
        let message = Array("what do ya want for nothing?".utf8)
        #expect(held.isHMACSHA256(mac, of: message))
        for index in mac.indices {
            var wrong = mac
            wrong[index] ^= 1
            #expect(!held.isHMACSHA256(wrong, of: message))
        }
        for wrong in [[], Array(mac.dropLast()), mac + [0]] { #expect(!held.isHMACSHA256(wrong, of: message)) }
    }

    @Test func `a rotation seals it anew`() async throws {
        let stage = try VaultStage()
        let secrets = SigningSecrets(keys: stage.keys)
        let id = ChannelAccountID(organization: VaultStage.acme, kind: .slack, name: "help")
        var bytes = Array("hush".utf8)
        let record = ChannelAccountRecord(
            account: ChannelAccount(id: id, connection: ConnectionID("c")),
            sealed: try secrets.seal(&bytes, for: id.place),
            created: Timestamp(microseconds: 0))
        try await stage.store.commit(Transaction(changes: [ChannelChange.add(record)]))
        let old = stage.keys.activeKey
        #expect(try await stage.keyDesk.rotate(by: "test").rows == 1)
        try stage.keys.retire(old)
        let sealed = try #require(try await stage.store.channelAccount(id)).sealed
        _ = try secrets.open(sealed, for: id.place)
    }
}
