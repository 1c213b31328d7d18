import Testing

@testable import Storage

struct StoreMemoryTests {
    @Test func `an epoch is read once, and then known`() async throws {
        let memory = StoreMemory()
        #expect(memory.epoch("a") == nil)
        #expect(await memory.epoch("a", orRead: { 3 }) == 3)
        #expect(await memory.epoch("a", orRead: { 9 }) == 3)
    }

    @Test func `news that come while an epoch is read are never undone by what was read`() async throws {
        let memory = StoreMemory()
        let read = await memory.epoch("a") {
            memory.learn(epochs: ["a": 5])
            return 4
        }
        #expect(read == 5)
        #expect(memory.epoch("a") == 5)
    }

    @Test func `what was read before everything was forgotten isn't kept`() async throws {
        let memory = StoreMemory()
        let read = await memory.epoch("a") {
            memory.learn(epochs: ["a": 5])
            memory.forgetEpochs()
            return 4
        }
        #expect(read == 4)
        #expect(memory.epoch("a") == nil)
    }

    @Test func `no more epochs are kept than the bound says`() async throws {
        let memory = StoreMemory(bound: 10)
        for number in 0..<100 { memory.learn(epochs: ["s\(number)": 1]) }
        #expect((0..<100).count { memory.epoch("s\($0)") != nil } <= 10)
        #expect(memory.epoch("s99") == 1)
    }

    @Test func `an epoch that can't be read isn't known afterwards`() async throws {
        struct Unreadable: Error {}
        let memory = StoreMemory()
        await #expect(throws: Unreadable.self) { try await memory.epoch("a") { throw Unreadable() } }
        #expect(memory.epoch("a") == nil)
    }
}
