import Synchronization

extension TokenKeeper {
    /// Waits until no answer of a token endpoint is awaited or unwritten, for as long as it is let: what a gateway holds that
    /// ends before is lost, and with it the grant.
    public func finish(within limit: Duration) async {
        let end = ContinuousClock.now + limit
        while underWay.withLock({ $0 > 0 }), ContinuousClock.now < end {
            try? await Task.sleep(for: .milliseconds(20))
        }
    }

    func beginWriting() { underWay.withLock { $0 += 1 } }

    func endWriting() { underWay.withLock { $0 -= 1 } }
}
