import Gate
import Synchronization
import Testing

@testable import Egress

/// Names whose records change between one look and the next.
struct RebindingTests {
    private static let origin = "https://api.example"

    private func clients(_ answers: [[String]]) -> PinnedClients {
        var limits = EgressLimits()
        limits.addressSeconds = 0
        return PinnedClients(
            policy: AddressPolicy(allowLoopback: false), resolver: FlippingResolver(answers), limits: limits)
    }

    @Test(arguments: ["10.0.0.1", "169.254.169.254", "127.0.0.1", "::1", "::ffff:10.0.0.1", "0.0.0.0", "fd00::1"])
    func `row_7 a name that leads inside at the second look is refused then`(inside: String) async throws {
        let clients = clients([["1.1.1.1"], [inside], ["1.1.1.1", inside]])
        let origin = try #require(Origin(Self.origin))
        _ = try await clients.client(for: origin)
        for _ in 0..<2 {
            await #expect(throws: UpstreamFailure.self) { _ = try await clients.client(for: origin) }
        }
        try await clients.shutdown()
    }

    @Test func `row_7 one address inside among public ones is one too many`() async throws {
        let clients = clients([["1.1.1.1", "8.8.8.8", "10.0.0.1"]])
        await #expect(throws: UpstreamFailure.self) {
            _ = try await clients.client(for: try #require(Origin(Self.origin)))
        }
        try await clients.shutdown()
    }

    @Test func `row_7 while an address is fresh the name isn't asked again`() async throws {
        let resolver = FlippingResolver([["1.1.1.1"], ["10.0.0.1"]])
        let clients = PinnedClients(
            policy: AddressPolicy(allowLoopback: false), resolver: resolver, limits: EgressLimits())
        let origin = try #require(Origin(Self.origin))
        let (one, other) = (try await clients.client(for: origin), try await clients.client(for: origin))
        #expect(one === other)
        #expect(resolver.asked == 1)
        try await clients.shutdown()
    }
}

/// Answers differently each time.
private final class FlippingResolver: NameResolving {
    private let state: Mutex<(answers: [[String]], asked: Int)>

    init(_ answers: [[String]]) {
        state = Mutex((answers, 0))
    }

    var asked: Int { state.withLock { $0.asked } }

    func addresses(of host: String) async throws -> [Address] {
        state.withLock { state in
            state.asked += 1
            let answer = state.answers.count > 1 ? state.answers.removeFirst() : state.answers[0]
            return answer.compactMap { Address($0) }
        }
    }
}
