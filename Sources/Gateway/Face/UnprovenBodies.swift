import Hummingbird
import NIOCore
import Synchronization

/// The bodies of requests that are read whole before anybody knows who sent them. Those of one address, and all of them
/// together, have a bound in bytes.
final class UnprovenBodies: Sendable {
    enum Refusal: Error { case tooLarge, noRoom, ended }

    private struct State {
        var held: [SourceAddress: Int] = [:]
        var total = 0
    }

    private let mostOfOne: Int
    private let most: Int
    private let state = Mutex(State())

    init(mostOfOne: Int = 8 << 20, most: Int = 64 << 20) {
        (self.mostOfOne, self.most) = (mostOfOne, most)
    }

    /// - Throws: `Refusal`; what was read of it is let go.
    func read<Body: AsyncSequence<ByteBuffer, any Error>, Value>(
        _ body: Body, upTo longest: Int, from address: SourceAddress, _ use: (ByteBuffer) async -> Value
    ) async throws(Refusal) -> Value {
        var whole = ByteBuffer()
        defer { letGo(whole.readableBytes, of: address) }
        do {
            for try await var piece in body {
                guard whole.readableBytes + piece.readableBytes <= longest else { throw Refusal.tooLarge }
                guard hold(piece.readableBytes, of: address) else { throw Refusal.noRoom }
                whole.writeBuffer(&piece)
            }
        } catch {
            throw error as? Refusal ?? .ended
        }
        return await use(whole)
    }

    private func hold(_ bytes: Int, of address: SourceAddress) -> Bool {
        state.withLock { state in
            guard state.total + bytes <= most, state.held[address, default: 0] + bytes <= mostOfOne else {
                return false
            }
            state.total += bytes
            state.held[address, default: 0] += bytes
            return true
        }
    }

    private func letGo(_ bytes: Int, of address: SourceAddress) {
        state.withLock { state in
            state.total -= bytes
            let left = state.held[address, default: 0] - bytes
            state.held[address] = left > 0 ? left : nil
        }
    }

    /// How much is held now.
    var held: Int { state.withLock(\.total) }
}
