import Broker
import Definition
import Egress
import Gate
import Gateway
import Glibc
import Logging
import Registry
import Storage
import Telemetry

/// What every part of a gateway stands on: a home, what the process may do with it, time, and what is seen of it.
struct Ground {
    let home: Home
    let settings: CompositionSettings
    let secrets = LiveSecrets()
    let instruments: Instruments
    let log: Logger
    let signing = LedgerSigning()
    let readiness = Readiness()
    let disk: DiskWatch
    let clock: LastingClock
    let world: World
    let providers: ProviderShelf
    let publicName: PublicName
    let payloads: PayloadKeeper
    let workspaces: Workspaces
    let administrator: Administrator

    var store: SQLStore { home.store }
    var addresses: AddressPolicy { AddressPolicy(allowLoopback: settings.allowsLoopback) }

    init(_ home: Home, _ settings: CompositionSettings) async throws {
        (self.home, self.settings) = (home, settings)
        instruments = Instruments(settings.observe, secrets: secrets)
        if let level = settings.isQuiet ? .error : try home.paths.logLevel.read() { instruments.sink.level = level }
        log = instruments.sink.logger("deputy")
        instruments.registry.adding(HomeFigures(home: home, signing: signing))
        disk = DiskWatch(home.paths.root, settings.observe.disk, log: log)
        instruments.registry.adding(disk)
        home.store.observeCommits { [instruments] in instruments.commits.record($0, $1) }
        readiness.addChecks(of: home, signing, disk)
        clock = SystemWorld.clockThatLasts(sharing: home.store)
        readiness.add(clock)
        world = SystemWorld.make(notBefore: try await home.store.lastLeafTime(), lasting: clock)
        providers = try Providers.read(home.paths, origins: home.origins)
        publicName = PublicName(configured: home.publicURL)
        payloads = PayloadKeeper(sealing: SealedPayloads(keys: home.keys), store: home.store)
        workspaces = WorkspaceFolders.workspaces(of: home.paths)
        administrator = home.isDemo ? .demo : .systemUser(uid: UInt32(geteuid()))
    }
}
