import Gate
import NIOCore
import Synchronization

/// HTTP clients, each of which connects to one checked address for one host, and nowhere else.
final class PinnedClients: Sendable {
    private struct Pin {
        let client: PinnedClient
        let checked: NIODeadline
    }

    private let pins = Mutex<[String: Pin]>([:])
    private let policy: AddressPolicy
    let checked: CheckedAddress
    private let limits: EgressLimits

    init(policy: AddressPolicy, resolver: any NameResolving, limits: EgressLimits) {
        self.policy = policy
        checked = CheckedAddress(policy: policy, resolver: resolver)
        self.limits = limits
    }

    /// The checked address of a host, for what isn't HTTP.
    func address(of origin: Origin) async throws(UpstreamFailure) -> Address {
        guard origin.isSecure || policy.allowsClear(origin) else {
            throw .notSent("`\(origin.host)` is only reached over TLS")
        }
        return try await checked.address(of: origin.host)
    }

    /// The client for a host, after its address was checked.
    ///
    /// - Throws: `UpstreamFailure.notSent` when the host has an address that may not be connected to.
    func client(for origin: Origin) async throws(UpstreamFailure) -> PinnedClient {
        guard origin.isSecure || policy.allowsClear(origin) else {
            throw .notSent("`\(origin.host)` is only reached over TLS")
        }
        let now = NIODeadline.now()
        let known = pins.withLock { $0[origin.host] }
        if let known, now - known.checked < .seconds(limits.addressSeconds) { return known.client }
        let address = try await checked.address(of: origin.host)
        if let known, known.client.address == address {
            pins.withLock { $0[origin.host] = Pin(client: known.client, checked: now) }
            return known.client
        }
        return pin(origin.host, to: address, at: now)
    }

    /// Whoever still uses a client that is let go here goes on with it to the end of the answer.
    private func pin(_ host: String, to address: Address, at now: NIODeadline) -> PinnedClient {
        let client = PinnedClient(of: host, at: address, limits)
        return pins.withLock { pins in
            // Two may have come here at once: the one that was first stays.
            if let there = pins[host], there.client.address == address { return there.client }
            pins[host] = Pin(client: client, checked: now)
            if pins.count > limits.clients,
                let oldest = pins.filter({ $0.key != host }).min(by: { $0.value.checked < $1.value.checked })
            {
                pins[oldest.key] = nil
            }
            return client
        }
    }

    func shutdown() async throws {
        let clients = pins.withLock { pins in
            defer { pins = [:] }
            return pins.values.map(\.client)
        }
        for client in clients { try await client.shutdown() }
    }
}
