import Testing
import Wire

@Suite struct `Generated JSON` {
    @Test(arguments: 0..<300) func `what is written reads back as the same value`(_ seed: UInt64) throws {
        var source = Seeded(state: seed)
        let value = JSON.random(&source)
        #expect(try JSON.parse(value.bytes()) == value)
        #expect(try JSON.parse(value.canonicalBytes()) == value)
        #expect(try JSON.parse(value.pretty()) == value)
        #expect(try JSON.parse(value.bytes()).bytes() == value.bytes())
        #expect(try JSON.parse(value.bytes()).hashValue == value.hashValue)
    }

    @Test(arguments: 0..<300) func `the order of members changes neither digest nor equality`(_ seed: UInt64) throws {
        var source = Seeded(state: seed)
        let value = JSON.random(&source)
        let shuffled = shuffle(value, &source)
        #expect(shuffled == value)
        #expect(shuffled.hashValue == value.hashValue)
        #expect(shuffled.canonicalBytes() == value.canonicalBytes())
        #expect(shuffled.digest == value.digest)
    }

    @Test func `values are equal exactly when their canonical bytes are`() {
        var source = Seeded(state: 7)
        let values = (0..<300).map { _ in JSON.random(&source, depth: 1) }
        let texts = values.map { $0.canonicalBytes() }
        var (equal, disagreeing) = (0, 0)
        for left in values.indices {
            for right in values.indices {
                if values[left] == values[right] { equal += 1 }
                if (values[left] == values[right]) != (texts[left] == texts[right]) { disagreeing += 1 }
            }
        }
        #expect(disagreeing == 0)
        #expect(equal > values.count, "no two values were equal, so nothing was compared")
    }

    @Test func `a damaged text is refused or is another text of its own`() throws {
        var (taken, refused) = (0, 0)
        for seed in 0..<60 as Range<UInt64> {
            var source = Seeded(state: seed)
            let original = JSON.random(&source).bytes()
            var bytes = original
            for _ in 0..<60 {
                guard let value = try? JSON.parse(bytes) else {
                    refused += 1
                    bytes = original
                    continue
                }
                taken += 1
                #expect(try JSON.parse(value.canonicalBytes()) == value)
                let place = Int.random(in: 0..<bytes.count, using: &source)
                switch Int.random(in: 0..<4, using: &source) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &source)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(UInt8.random(in: 0...255, using: &source), at: place)
                case _: bytes.removeSubrange(place...)
                }
            }
        }
        #expect(taken > 500 && refused > 500, "\(taken) taken and \(refused) refused are too few of one kind")
    }

    @Test func `arbitrary bytes never trap`() {
        var source = Seeded(state: 99)
        let alphabet = Array("{}[]\",:\\u0123456789abcdefDEtrunl.-+eE \n\u{1}é".utf8)
        var taken = 0
        for _ in 0..<20_000 {
            let length = Int.random(in: 0..<24, using: &source)
            let bytes = (0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &source)] }
            if (try? JSON.parse(bytes)) != nil { taken += 1 }
        }
        #expect(taken > 100, "hardly anything was JSON, so little was tried")
    }

    @Test func `every cut of a text is refused`() {
        var source = Seeded(state: 3)
        let bytes = JSON.array([JSON.random(&source, depth: 5), "é😀\n", ["a": [true, false, nil, 1]]]).bytes()
        for length in 0..<bytes.count {
            #expect(refusal(of: Array(bytes[..<length])) != nil)
        }
        #expect(refusal(of: bytes) == nil)
    }

    private func shuffle(_ value: JSON, _ source: inout Seeded) -> JSON {
        switch value {
        case .null, .bool, .number, .string: return value
        case .array(let elements): return .array(elements.map { shuffle($0, &source) })
        case .object(let object):
            let members = object.members.map { ($0.key, shuffle($0.value, &source)) }
            return .object(JSONObject(members.shuffled(using: &source)))
        }
    }
}
