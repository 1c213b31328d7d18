import Testing
import Wire

@Suite struct RandomBytesTests {
    /// The system gives 256 at once.
    @Test(arguments: [0, 1, 15, 32, 255, 256, 257, 1_000])
    func `random bytes come in any number, and every place is filled`(count: Int) {
        let samples = (0..<20).map { _ in randomBytes(count) }
        #expect(samples.allSatisfy { $0.count == count })
        // A byte that is the same in all twenty by chance: 256 to the power of -19.
        for place in 0..<count { #expect(Set(samples.map { $0[place] }).count > 1) }
    }
}
