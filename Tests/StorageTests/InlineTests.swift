import Synchronization
import Testing

@testable import Storage

@Suite struct InlineTests {
    @Test func `code that waits for nothing runs to its end on the calling thread`() throws {
        let answer = try Inline.run {
            await Task.yield()
            return 7
        }
        #expect(answer == 7)
    }

    @Test func `code that waits for something else is given up where it stands`() async throws {
        let (signals, signal) = AsyncStream<Void>.makeStream()
        let wentOn = Mutex(false)
        #expect(throws: StorageError.self) {
            try Inline.run {
                for await _ in signals { break }
                wentOn.withLock { $0 = true }
            }
        }
        signal.yield()
        await Task.yield()
        #expect(!wentOn.withLock { $0 })
    }
}
