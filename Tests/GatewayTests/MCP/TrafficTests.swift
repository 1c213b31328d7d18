import Authority
import Testing

@testable import Gateway

struct TrafficTests {
    @Test func `many tokens are forgotten once they rest, and known while they don't`() throws {
        var limits = MCPLimits()
        limits.requestsPerSecond = 0.001
        limits.burst = 1
        let clock = FakeClock()
        let traffic = Traffic(limits: limits) { clock.now }
        func send(_ number: Int) throws {
            try traffic.enter(ClientID("c\(number)"), of: Self.alice)
            traffic.leave(ClientID("c\(number)"), of: Self.alice)
        }
        for number in 0..<4_200 { try send(number) }
        for number in [0, 4_199] { #expect(throws: MCPRefusal.self) { try send(number) } }
        #expect(traffic.known == 4_200)
        clock.pass(.seconds(1_000))
        try traffic.enter("waiting", of: Self.alice)
        for number in 4_200..<8_400 { try send(number) }
        #expect(traffic.known < 4_300)
        for number in [4_200, 8_399] { #expect(throws: MCPRefusal.self) { try send(number) } }
        try send(0)
    }

    @Test func `whoever has many tokens has no more under way than their own share`() throws {
        var limits = MCPLimits()
        limits.requestsPerToken = 2
        limits.requestsPerPerson = 3
        let clock = FakeClock()
        let traffic = Traffic(limits: limits) { clock.now }
        let (bob, elsewhere) = (
            Visitor(organization: "acme", person: "bob"), Visitor(organization: "globex", person: "alice")
        )
        for client: ClientID in ["a", "a", "b"] { try traffic.enter(client, of: Self.alice) }
        #expect(throws: MCPRefusal.self) { try traffic.enter("c", of: Self.alice) }
        for (client, person) in [("d", bob), ("e", elsewhere)] as [(ClientID, Visitor)] {
            try traffic.enter(client, of: person)
        }
        traffic.leave("a", of: Self.alice)
        try traffic.enter("c", of: Self.alice)
        #expect(throws: MCPRefusal.self) { try traffic.enter("b", of: Self.alice) }
    }

    private static let alice = Visitor(organization: "acme", person: "alice")
}
