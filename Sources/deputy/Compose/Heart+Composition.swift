import Gate
import Storage

extension Heart {
    convenience init(_ composition: Composition, interval: Int) {
        let start = ContinuousClock.now
        self.init(
            commits: composition.home.store, store: composition.home.store, tally: composition.asking.tally,
            world: composition.world,
            settings: HeartSettings(
                gateway: composition.world.newID("gw"), organization: composition.home.organization,
                interval: Int64(interval), isAlone: !composition.home.store.isShared,
                uptime: {
                    let (seconds, attoseconds) = (ContinuousClock.now - start).components
                    return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
                }), log: composition.log)
    }
}
