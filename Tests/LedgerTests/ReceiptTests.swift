import Ledger
import Testing
import Wire

struct ReceiptTests {
    private let key: LedgerSigningKey
    private let receipt: Receipt

    init() throws {
        key = try LedgerSigningKey(name: SampleLedger.origin, seed: [UInt8](repeating: 7, count: 32))
        receipt = Receipt(
            origin: SampleLedger.origin, time: 1_800_000_000_000_000,
            leaves: [
                Receipt.Leaf(index: 3, hash: MerkleTree.leafHash(of: [1])),
                Receipt.Leaf(index: 4, hash: MerkleTree.leafHash(of: [2])),
            ])
    }

    private func read(_ note: String, origin: String = SampleLedger.origin) throws(LedgerError) -> Receipt {
        try Receipt(note, origin: origin, key: key.key)
    }

    @Test func `a receipt comes back from its note`() throws {
        #expect(try read(try receipt.signed(by: key).description) == receipt)
    }

    @Test func `another key, another ledger and altered words are found`() throws {
        let note = try receipt.signed(by: key).description
        let other = try LedgerSigningKey(name: SampleLedger.origin, seed: [UInt8](repeating: 8, count: 32))
        let forged = try receipt.signed(by: other).description
        #expect(code { () throws(LedgerError) in try read(forged) } == .badSignature)
        #expect(code { () throws(LedgerError) in try read(note, origin: "other") } == .badReceipt)
        let altered = note.replacing("\n3 ", with: "\n2 ")
        #expect(code { () throws(LedgerError) in try read(altered) } == .badSignature)
    }

    @Test func `a receipt is no checkpoint, nor a checkpoint a receipt`() throws {
        let note = try receipt.signed(by: key).description
        #expect(
            code { () throws(LedgerError) in try Checkpoint(note, origin: SampleLedger.origin, key: key.key) }
                == .badCheckpoint)
        let checkpoint = try Checkpoint(origin: SampleLedger.origin, size: 1, root: MerkleTree.leafHash(of: [1]))
            .signed(by: key).description
        #expect(code { () throws(LedgerError) in try read(checkpoint) } == .badReceipt)
        let head = "deputy/receipt@v1\n\(SampleLedger.origin)\n"
        for text in [head + "1\n", head + "1\n01 AAAA\n", head + "soon\n\(receipt.text.split(separator: "\n")[3])\n"] {
            let signed = try SignedNote(text: text, signedBy: key).description
            #expect(code { () throws(LedgerError) in try read(signed) } == .badReceipt)
        }
    }
}
