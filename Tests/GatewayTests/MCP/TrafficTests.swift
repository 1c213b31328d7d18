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
            try traffic.enter(ClientID("c\(number)"))
            traffic.leave(ClientID("c\(number)"))
        }
        for number in 0..<4_200 { try send(number) }
        for number in [0, 4_199] { #expect(throws: MCPRefusal.self) { try send(number) } }
        #expect(traffic.known == 4_200)
        clock.pass(.seconds(1_000))
        try traffic.enter("waiting")
        for number in 4_200..<8_400 { try send(number) }
        #expect(traffic.known < 4_300)
        for number in [4_200, 8_399] { #expect(throws: MCPRefusal.self) { try send(number) } }
        try send(0)
    }
}
