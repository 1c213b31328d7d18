import Gate

/// Looks names up, and gives an address only where every address of the name may be connected to.
struct CheckedAddress: Sendable {
    let policy: AddressPolicy
    let resolver: any NameResolving

    /// - Throws: `UpstreamFailure.notSent` when the name has an address that nothing may connect to.
    func address(of host: String) async throws(UpstreamFailure) -> Address {
        let addresses: [Address]
        do {
            addresses = try await resolver.addresses(of: host)
        } catch {
            throw .notSent("the name `\(host)` can't be looked up")
        }
        guard let first = addresses.first else { throw .notSent("the name `\(host)` has no address") }
        // One forbidden address is enough: whoever writes this name's records may answer otherwise the next time.
        guard addresses.allSatisfy(policy.allows) else {
            throw .notSent("`\(host)` leads to an address that nothing may connect to")
        }
        return first
    }
}
