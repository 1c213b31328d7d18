import NIOCore
import Testing

@testable import Gateway

/// What is held of requests while they come.
struct IncomingBodiesTests {
    private let bodies = IncomingBodies<String>(mostOfOne: 100, most: 150)

    private func body(_ sizes: Int...) -> AsyncThrowingStream<ByteBuffer, any Error> {
        AsyncThrowingStream { stream in
            for size in sizes { stream.yield(ByteBuffer(repeating: 7, count: size)) }
            stream.finish()
        }
    }

    /// So much of a body comes, and the rest when `body` is over.
    private func whileHolding(_ size: Int, from key: String, _ body: () async throws -> Void) async throws {
        let (stream, coming) = AsyncThrowingStream<ByteBuffer, any Error>.makeStream()
        coming.yield(ByteBuffer(repeating: 7, count: size))
        async let whole = bodies.collect(stream, upTo: 1_000, from: key).readableBytes
        while bodies.held != size { await Task.yield() }
        try await body()
        coming.finish()
        #expect(try await whole == size)
    }

    @Test func `a body comes whole, and is let go`() async throws {
        #expect(try await bodies.collect(body(30, 20), upTo: 50, from: "one").readableBytes == 50)
        #expect(bodies.held == 0)
    }

    @Test func `one that is too large is let go before it is whole`() async {
        await #expect(throws: IncomingRefusal.tooLarge) {
            try await bodies.collect(body(30, 21), upTo: 50, from: "one")
        }
        #expect(bodies.held == 0)
    }

    @Test func `there is so much room for a sender, and for all of them`() async throws {
        try await whileHolding(90, from: "one") {
            await #expect(throws: IncomingRefusal.noRoom) { try await bodies.collect(body(11), upTo: 99, from: "one") }
            await #expect(throws: IncomingRefusal.noRoom) {
                try await bodies.collect(body(61), upTo: 99, from: "other")
            }
            let other = try await bodies.collect(body(60), upTo: 99, from: "other")
            #expect(other.readableBytes == 60)
        }
        #expect(bodies.held == 0)
    }

    @Test func `one that ends early is let go`() async {
        struct Gone: Error {}
        let broken = AsyncThrowingStream<ByteBuffer, any Error> { stream in
            stream.yield(ByteBuffer(repeating: 7, count: 5))
            stream.finish(throwing: Gone())
        }
        await #expect(throws: IncomingRefusal.ended) { try await bodies.collect(broken, upTo: 50, from: "one") }
        #expect(bodies.held == 0)
    }
}
