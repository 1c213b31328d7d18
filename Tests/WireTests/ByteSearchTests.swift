import Testing
import Wire

struct ByteSearchTests {
    @Test func `a part is found wherever it stands`() {
        let all: [UInt8] = Array("aabaab\u{e9}c".utf8)
        for start in all.indices {
            for end in start...all.count { #expect(all.holds(Array(all[start..<end]))) }
        }
        for part in ["aac", "bb", "aabaab\u{e9}cd", "c ", "baaba"] {
            #expect(all.holds(Array(part.utf8)) == all.contains(Array(part.utf8)))
            #expect(!all.holds(Array(part.utf8)))
        }
        #expect([UInt8]().holds([]))
        #expect(![UInt8]().holds([1]))
    }
}
