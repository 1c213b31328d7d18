import NIOCore
import Synchronization

/// The bodies of requests that come whole before they are looked at. While they come, those of one sender have a bound in
/// bytes, and all of them together: whoever sends slowly fills nobody's memory.
final class IncomingBodies<Key: Hashable & Sendable>: Sendable {
    private struct State {
        var held: [Key: Int] = [:]
        var total = 0
    }

    private let mostOfOne: Int
    private let most: Int
    private let state = Mutex(State())

    init(mostOfOne: Int, most: Int) {
        (self.mostOfOne, self.most) = (mostOfOne, most)
    }

    func collect(
        _ body: some AsyncSequence<ByteBuffer, any Error>, upTo longest: Int, from key: Key
    ) async throws(IncomingRefusal) -> ByteBuffer {
        var whole = ByteBuffer()
        defer { letGo(whole.readableBytes, of: key) }
        do {
            for try await var piece in body {
                guard whole.readableBytes + piece.readableBytes <= longest else { throw IncomingRefusal.tooLarge }
                guard hold(piece.readableBytes, of: key) else { throw IncomingRefusal.noRoom }
                whole.writeBuffer(&piece)
            }
        } catch {
            throw error as? IncomingRefusal ?? .ended
        }
        return whole
    }

    private func hold(_ bytes: Int, of key: Key) -> Bool {
        state.withLock { state in
            guard state.total + bytes <= most, state.held[key, default: 0] + bytes <= mostOfOne else { return false }
            state.total += bytes
            state.held[key, default: 0] += bytes
            return true
        }
    }

    private func letGo(_ bytes: Int, of key: Key) {
        guard bytes > 0 else { return }
        state.withLock { state in
            state.total -= bytes
            let left = state.held[key, default: 0] - bytes
            state.held[key] = left > 0 ? left : nil
        }
    }

    /// How much is held now.
    var held: Int { state.withLock(\.total) }
}

/// Why a body isn't taken.
enum IncomingRefusal: Error {
    case tooLarge
    /// Too much comes at once.
    case noRoom
    case ended
}
