import Ledger
import Testing
import Wire

@Suite struct TamperTests {
    private let ledger: SampleLedger

    init() throws {
        ledger = try SampleLedger.small()
    }

    @Test func `an untouched ledger verifies`() throws {
        let report = try ledger.verify()
        #expect(report.records == 9)
        #expect(report.root == ledger.tree.root)
        #expect(report.checkpoints == 2)
        #expect(report.lastCheckpoint?.size == 6)
        #expect(report.unsigned == 3)
        #expect(report.kinds == [.epoch: 1, .authority: 1, .decision: 3, .intent: 2, .outcome: 1, .session: 1])
        #expect(report.openIntents.map(\.call) == ["c3"])
        #expect(report.openIntents.map(\.position) == [7])
        #expect(try ledger.withoutHashes().verify() == report)
    }

    @Test func `an empty ledger verifies`() throws {
        var empty = SampleLedger(key: ledger.key)
        empty.head = (0, MerkleTree().root)
        try empty.sign()
        let report = try empty.verify()
        #expect(report.records == 0)
        #expect(report.root == MerkleTree().root)
    }

    @Test func `every flipped bit of a record is found at that record`() {
        for (position, record) in ledger.records.enumerated() {
            for flip in 0..<(record.count * 8) {
                var tampered = ledger
                tampered.records[position][flip / 8] ^= 1 << (flip % 8)
                #expect(tampered.fault?.position == Int64(position))
            }
        }
    }

    @Test func `every flipped byte of a record is found without stored hashes too, behind what is signed`() {
        let ledger = ledger.withoutHashes()
        for (position, record) in ledger.records.enumerated() {
            for index in record.indices {
                for change in [0x01, 0x02, 0x20, 0x80] as [UInt8] {
                    var tampered = ledger
                    tampered.records[position][index] ^= change
                    let found = tampered.fault?.position ?? .max
                    #expect((SampleLedger.signed(before: position)...Int64(position)).contains(found))
                }
            }
        }
    }

    @Test func `every flipped bit of a stored hash is found at its record`() throws {
        for (position, hash) in ledger.hashes.enumerated() {
            for flip in 0..<256 {
                var bytes = try #require(hash).bytes
                bytes[flip / 8] ^= 1 << (flip % 8)
                var tampered = ledger
                tampered.hashes[position] = Digest(bytes: bytes)
                #expect(tampered.fault?.position == Int64(position))
                #expect(tampered.fault?.rule == .storedHash)
            }
        }
    }

    @Test func `every flipped bit of a checkpoint is found where the one before it ends`() {
        for (number, note) in ledger.checkpoints.enumerated() {
            let bytes = Array(note.utf8)
            for flip in 0..<(bytes.count * 8) {
                var changed = bytes
                changed[flip / 8] ^= 1 << (flip % 8)
                var tampered = ledger
                tampered.checkpoints[number] = String(decoding: changed, as: UTF8.self)
                #expect(tampered.fault?.rule == .checkpoint)
                #expect(tampered.fault?.position == (number == 0 ? 0 : 3))
            }
        }
    }

    @Test func `every flipped bit of the head is found`() throws {
        let head = try #require(ledger.head)
        for flip in 0..<256 {
            var bytes = head.root.bytes
            bytes[flip / 8] ^= 1 << (flip % 8)
            var tampered = ledger
            tampered.head = (head.size, try #require(Digest(bytes: bytes)))
            #expect(tampered.fault?.rule == .headRoot)
            #expect(tampered.fault?.position == 6)
        }
        for bit in 0..<63 {
            var tampered = ledger
            let size = head.size ^ (1 << bit)
            tampered.head = (size, head.root)
            #expect(tampered.fault?.rule == (size > 9 ? .truncated : .headSize))
            #expect(tampered.fault?.position == min(size, 9))
        }
    }

    @Test func `a dropped record is named`() {
        for hashes in [ledger, ledger.withoutHashes()] {
            for position in ledger.records.indices {
                var tampered = hashes
                tampered.records.remove(at: position)
                tampered.hashes.remove(at: position)
                #expect(tampered.fault?.position == Int64(position))
                #expect(tampered.fault?.rule == (position == 8 ? .truncated : .index))
            }
        }
    }

    @Test func `swapped records are named by the first of the two`() {
        for first in ledger.records.indices {
            for second in ledger.records.indices where first < second {
                var tampered = ledger
                tampered.records.swapAt(first, second)
                tampered.hashes.swapAt(first, second)
                #expect(tampered.fault?.position == Int64(first))
                #expect(tampered.fault?.rule == .index)
            }
        }
    }

    @Test func `a record that is there twice is named`() {
        for from in ledger.records.indices {
            for place in 0...ledger.records.count {
                var tampered = ledger
                tampered.records.insert(ledger.records[from], at: place)
                tampered.hashes.insert(ledger.hashes[from], at: place)
                let first = place == from ? from + 1 : place
                #expect(tampered.fault?.position == Int64(first))
            }
        }
    }

    @Test func `a cut end is named`() {
        for count in 0..<ledger.records.count {
            var tampered = ledger
            tampered.records.removeSubrange(count...)
            tampered.hashes.removeSubrange(count...)
            #expect(tampered.fault?.rule == .truncated)
            #expect(tampered.fault?.position == Int64(count))
            tampered.head = nil
            #expect(tampered.fault?.position == (count < 6 ? Int64(count) : nil))
        }
    }

    @Test func `a history written anew from some record on is found by the checkpoints`() throws {
        for position in 0..<6 {
            var forged = SampleLedger(key: ledger.key)
            for (index, record) in ledger.records.enumerated() {
                let read = try Leaf.decode(record)
                var fields = read.fields
                if index == position { fields["forged"] = true }
                try forged.append(read.kind, fields, time: read.time)
            }
            forged.checkpoints = ledger.checkpoints
            #expect(forged.fault?.rule == .checkpointRoot)
            #expect(forged.fault?.position == SampleLedger.signed(before: position))
        }
    }

    @Test func `a dropped first or swapped checkpoint is told from a missing last one`() {
        var swapped = ledger
        swapped.checkpoints.swapAt(0, 1)
        #expect(swapped.fault?.rule == .checkpoint)
        #expect(swapped.fault?.position == 6)
        var doubled = ledger
        doubled.checkpoints.append(ledger.checkpoints[1])
        #expect(doubled.fault?.rule == .checkpoint)
        var without = ledger
        without.checkpoints.removeLast()
        #expect(without.fault == nil)
        #expect((try? without.verify())?.unsigned == 6)
    }

    @Test func `batches find what single records find`() async throws {
        let key = ledger.key
        var long = SampleLedger(key: key)
        for number in 0..<700 {
            try long.append(.session, ["n": .number(JSONNumber(number))])
        }
        for bad in [nil, 0, 255, 256, 699] as [Int?] {
            if let bad { long.records[bad][70] ^= 1 }
            var verifier = LedgerVerifier(origin: SampleLedger.origin, key: key.key, checkpoints: [])
            do throws(LedgerFault) {
                try await verifier.add(zip(long.records, long.hashes).map { .init($0, hash: $1) })
                #expect(try verifier.finish(head: long.head).records == 700)
                #expect(bad == nil)
            } catch {
                #expect(error.position == bad.map(Int64.init))
            }
            if let bad { long.records[bad][70] ^= 1 }
        }
    }
}
