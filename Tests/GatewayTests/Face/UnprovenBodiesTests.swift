import NIOCore
import Testing

@testable import Gateway

/// What is read before it is known who sent it.
struct UnprovenBodiesTests {
    private let bodies = UnprovenBodies(mostOfOne: 100, most: 150)
    private let one = SourceAddress("192.0.2.1")
    private let other = SourceAddress("192.0.2.2")

    private func body(_ sizes: Int...) -> AsyncThrowingStream<ByteBuffer, any Error> {
        AsyncThrowingStream { stream in
            for size in sizes { stream.yield(ByteBuffer(repeating: 7, count: size)) }
            stream.finish()
        }
    }

    @Test func `a body comes whole, and is let go`() async throws {
        let size = try await bodies.read(body(30, 20), upTo: 50, from: one) { whole in
            #expect(bodies.held == 50)
            return whole.readableBytes
        }
        #expect(size == 50 && bodies.held == 0)
    }

    @Test func `one that is too large is let go before it is whole`() async {
        await #expect(throws: UnprovenBodies.Refusal.tooLarge) {
            try await bodies.read(body(30, 21), upTo: 50, from: one) { _ in }
        }
        #expect(bodies.held == 0)
    }

    @Test func `there is so much room for an address, and for all of them`() async throws {
        try await bodies.read(body(90), upTo: 100, from: one) { _ in
            await #expect(throws: UnprovenBodies.Refusal.noRoom) {
                try await bodies.read(body(11), upTo: 100, from: one) { _ in }
            }
            await #expect(throws: UnprovenBodies.Refusal.noRoom) {
                try await bodies.read(body(61), upTo: 100, from: other) { _ in }
            }
            await #expect(throws: Never.self) {
                try await bodies.read(body(60), upTo: 100, from: other) { _ in #expect(bodies.held == 150) }
            }
        }
        #expect(bodies.held == 0)
    }

    @Test func `one that ends early is let go`() async {
        struct Gone: Error {}
        let broken = AsyncThrowingStream<ByteBuffer, any Error> { stream in
            stream.yield(ByteBuffer(repeating: 7, count: 5))
            stream.finish(throwing: Gone())
        }
        await #expect(throws: UnprovenBodies.Refusal.ended) {
            try await bodies.read(broken, upTo: 50, from: one) { _ in }
        }
        #expect(bodies.held == 0)
    }
}
