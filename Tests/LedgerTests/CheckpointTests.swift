import Ledger
import Testing
import Wire

@Suite struct CheckpointTests {
    @Test func `the specification's example is read and written back`() throws {
        let text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
        let checkpoint = try Checkpoint(text: text)
        #expect(checkpoint.origin == "example.com/behind-the-sofa")
        #expect(checkpoint.size == 20_852_163)
        #expect(checkpoint.text == text)
        let note = try SignedNote(
            text + "\n\u{2014} example.com/behind-the-sofa "
                + "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n")
        #expect(note.text == text)
    }

    @Test func `a signed checkpoint comes back for its own key and origin only`() throws {
        let key = try LedgerSigningKey(name: "acme.example/ledger", seed: [UInt8](repeating: 1, count: 32))
        let other = try LedgerSigningKey(name: "acme.example/ledger", seed: [UInt8](repeating: 2, count: 32))
        let checkpoint = Checkpoint(origin: "acme.example/ledger", size: 0, root: MerkleTree().root)
        let note = try checkpoint.signed(by: key).description
        #expect(try Checkpoint(note, origin: "acme.example/ledger", key: key.key) == checkpoint)
        #expect(
            code { () throws(LedgerError) in try Checkpoint(note, origin: "acme.example/ledger", key: other.key) }
                == .badSignature)
        #expect(
            code { () throws(LedgerError) in try Checkpoint(note, origin: "other.example/ledger", key: key.key) }
                == .badCheckpoint)
    }

    @Test(arguments: [
        "", "o\n1\n", "o\n1\nR", "\n1\nR\n", "o\n01\nR\n", "o\n+1\nR\n", "o\n-1\nR\n", "o\n1\nR\nmore\n", "o\n1\nR\n\n",
        "o\n1\nAAAA\n", "o\nx\nR\n", "o\n9223372036854775808\nR\n",
    ])
    func `what is not a checkpoint is refused`(text: String) {
        let text = text.replacing("R", with: Base64.encode(Digest.none.bytes))
        #expect(code { () throws(LedgerError) in try Checkpoint(text: text) } == .badCheckpoint)
    }
}
