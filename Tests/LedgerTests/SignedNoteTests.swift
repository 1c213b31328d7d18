import Ledger
import Testing
import Wire

/// The key and the note that the documentation of Go's `note` package and the tests of others use.
private let vkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
private let seed = "gQoUAtUUbI2E8kQzMPVAgOv5juF9nHT2JS/F1ccoMXM="
private let text =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
private let note = """
    \(text)
    \u{2014} PeterNeumann \
    x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=

    """

@Suite struct SignedNoteTests {
    @Test func `the known key signs the known note byte for byte`() throws {
        let key = try LedgerSigningKey(name: "PeterNeumann", seed: try #require(Base64.decode(seed)))
        #expect(key.key.description == vkey)
        #expect(try LedgerKey(vkey) == key.key)
        #expect(try SignedNote(text: text, signedBy: key).description == note)
    }

    @Test func `the known note is read and verified`() throws {
        let read = try SignedNote(note)
        #expect(read.text == text)
        #expect(read.signatures.map(\.name) == ["PeterNeumann"])
        #expect(read.description == note)
        try read.verify(with: LedgerKey(vkey))
    }

    @Test func `no part and no change of a key's text is a key`() {
        let bytes = Array(vkey.utf8)
        for index in bytes.indices {
            for change in [1, 0x20] as [UInt8] {
                var other = bytes
                other[index] ^= change
                let changed = String(decoding: other, as: UTF8.self)
                #expect(code { () throws(LedgerError) in try LedgerKey(changed) } == .badKey, "\(changed)")
            }
            for part in [String(vkey.prefix(index)), String(vkey.suffix(index))] {
                #expect(code { () throws(LedgerError) in try LedgerKey(part) } == .badKey, "\(part)")
            }
        }
    }

    @Test func `no byte of a note can change unnoticed`() throws {
        let key = try LedgerKey(vkey)
        let bytes = Array(note.utf8)
        for index in bytes.indices {
            for bit in 0..<8 {
                var other = bytes
                other[index] ^= 1 << bit
                let changed = String(decoding: other, as: UTF8.self)
                let refusal = code { () throws(LedgerError) in try SignedNote(changed).verify(with: key) }
                #expect(refusal == .badNote || refusal == .badSignature, "byte \(index)")
            }
        }
    }

    @Test func `signatures of others are passed over, a false one of our own is not`() throws {
        let key = try LedgerKey(vkey)
        let ours = try #require(note.split(separator: "\n").last)
        let witness = "\u{2014} witness.example AAAAAAAA\n"
        try SignedNote(note + witness).verify(with: key)
        let alone = text + "\n" + witness
        #expect(code { () throws(LedgerError) in try SignedNote(alone).verify(with: key) } == .badSignature)
        let forged = note + ours.replacing("x08go/ZJ", with: "x08go/ZK") + "\n"
        #expect(code { () throws(LedgerError) in try SignedNote(forged).verify(with: key) } == .badSignature)
    }

    @Test func `a text may have empty lines; the last one ends it`() throws {
        let key = try LedgerSigningKey(name: "k", seed: [UInt8](repeating: 1, count: 32))
        let poem = "one\n\n\ntwo\n\n"
        let read = try SignedNote(SignedNote(text: poem, signedBy: key).description)
        #expect(read.text == poem)
        try read.verify(with: key.key)
    }

    @Test(arguments: [
        "", "\n", "text\n", "text\n\n", "text\n\n\n", "text\n\n\u{2014} k AAAAAAAA", "text\n\n\u{2014} k AAAA\n",
        "text\n\n- k AAAAAAAA\n", "text\n\n\u{2014}  AAAAAAAA\n", "text\n\n\u{2014} k AAAAAAAA \n",
        "te\rxt\n\n\u{2014} k AAAAAAAA\n", "text\n\u{2014} k AAAAAAAA\n",
    ])
    func `what is not a note is refused`(text: String) {
        #expect(code { () throws(LedgerError) in try SignedNote(text) } == .badNote)
    }

    @Test(arguments: ["", "a b", "a+b", "a\u{2003}b", "a\nb", "a\u{0}"])
    func `a name that could not be read back is refused`(name: String) {
        let seed = [UInt8](repeating: 1, count: 32)
        #expect(code { () throws(LedgerError) in try LedgerSigningKey(name: name, seed: seed) } == .badKey)
    }

    @Test func `printing a signing key shows the public half alone`() throws {
        let key = try LedgerSigningKey(name: "PeterNeumann", seed: try #require(Base64.decode(seed)))
        var dumped = ""
        dump(key, to: &dumped)
        for shown in ["\(key)", String(reflecting: key), "\([key])", dumped] {
            #expect(!shown.contains(seed))
            #expect(!shown.contains("privateKey"))
        }
        #expect(Base64.encode(key.seed) == seed)
    }
}
