import Broker
import Gate
import Hummingbird
import NIOCore
import NIOPosix
import Synchronization
import Testing
import Vault

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

    @Test(arguments: ["api.invalid", "Api.INVALID"])
    func `row_7 in whatever spelling, a name is connected to at the address that was checked`(
        name: String
    ) async throws {
        let connected = Mutex(0)
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                connected.withLock { $0 += 1 }
                return channel.close()
            }
            .bind(host: "127.0.0.1", port: 0).get()
        // Nobody but this resolver knows an address of it.
        let egress = Self.egress([["127.0.0.1"]], EgressLimits())
        let origin = "https://\(name):\(server.localAddress?.port ?? 0)"
        await #expect(throws: UpstreamFailure.self) { try await Self.ask("/", at: origin, by: egress) }
        #expect(connected.withLock(\.self) == 1)
        try await egress.shutdown()
        try await server.close()
    }

    @Test(arguments: [256, 1])
    func `what is under way is finished when its name leads elsewhere, and when other names need its place`(
        clients most: Int
    ) async throws {
        let (came, arrival) = AsyncStream.makeStream(of: Void.self)
        let (leave, release) = AsyncStream.makeStream(of: Void.self)
        let router = Router()
        router.get("/slow") { _, _ in
            arrival.finish()
            for await _ in leave {}
            return "whole"
        }
        try await serving(router) { origin in
            var limits = EgressLimits()
            limits.addressSeconds = most == 1 ? 60 : 0
            limits.clients = most
            let egress = Self.egress([["127.0.0.1"], ["127.0.0.2"]], limits)
            async let slow = Self.ask("/slow", at: origin, by: egress)
            for await _ in came {}
            // Nobody listens there.
            let other = most == 1 ? "http://127.0.0.3:1" : origin
            await #expect(throws: UpstreamFailure.self) { try await Self.ask("/", at: other, by: egress) }
            release.finish()
            #expect(try await slow == "whole")
            try await egress.shutdown()
        }
    }

    private static func egress(_ answers: [[String]], _ limits: EgressLimits) -> HTTPEgress {
        var limits = limits
        limits.whole = .seconds(600)
        return HTTPEgress(
            credentials: FixedCredential(placement: .none, secret: ""), addresses: AddressPolicy(allowLoopback: true),
            resolver: FlippingResolver(answers), limits: limits, secrets: LiveSecrets(), userAgent: "test", log: quiet)
    }

    private static func ask(_ path: String, at origin: String, by egress: HTTPEgress) async throws -> String {
        let answer = try await egress.exchange(
            Step(kind: .probe, method: "GET", path: path, query: ""), at: origin,
            with: Credential(placement: .none, secret: Secret(count: 0) { _ in }))
        return String(decoding: answer.body, as: UTF8.self)
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
