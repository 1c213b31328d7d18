import Egress
import Gate
import Gateway
import Logging
import Registry
import Storage
import Vault

/// What a process may do with a home beyond what the home says.
struct CompositionSettings {
    /// Providers at `http://127.0.0.1`. For demos and tests.
    var allowsLoopback = false
    var isQuiet = false
    /// Answers what the source of the keys asks.
    var asker: any KeyAsker = KeyAnswers()
    /// Clients may register themselves (RFC 7591).
    var allowsRegistration = false
    var observe = ObserveSettings()
}

/// Everything wired, top to bottom: each part stands on those above it.
struct Composition {
    let ground: Ground
    let brokerage: Brokerage
    let toolbox: Toolbox
    let registered: Registered
    let signatures: Signatures
    let connecting: Connecting
    let asking: Asking
    let upkeep: Upkeep
    let signingIn: SigningIn
    let channels: ChannelParts
    let talk: Talk
    let api: AdministrationAPI
    /// How many calls had no outcome when the home was opened.
    let unknownCalls: Int

    var home: Home { ground.home }
    var world: World { ground.world }
    var log: Logger { ground.log }
    var instruments: Instruments { ground.instruments }
    var readiness: Readiness { ground.readiness }
    var gate: ActionGate { asking.gate }

    static func open(
        _ paths: HomePaths, _ settings: CompositionSettings, database: String? = nil
    ) async throws -> Composition {
        try await Composition(try await Home.open(paths, asking: settings.asker, database: database), settings)
    }

    init(_ home: Home, _ settings: CompositionSettings) async throws {
        ground = try await Ground(home, settings)
        brokerage = Brokerage(on: ground)
        toolbox = Toolbox(on: ground, brokerage)
        registered = Registered(on: ground, toolbox)
        signatures = try await Signatures(on: ground)
        connecting = Connecting(on: ground, brokerage, toolbox, registered, signatures)
        asking = Asking(on: ground, brokerage, toolbox, registered, connecting)
        upkeep = Upkeep(on: ground, brokerage, registered, connecting, asking)
        try await upkeep.distrustUnsigned(on: ground)
        let servers = connecting.servers
        try await servers.load(home.organization)
        toolbox.shelf.reload { try await servers.load($0) }
        signingIn = SigningIn(on: ground, brokerage, registered)
        channels = ChannelParts(on: ground, connecting)
        talk = Talk(on: ground, brokerage, toolbox, registered, connecting, asking, channels)
        api = AdministrationAPI(
            on: ground, brokerage, toolbox, registered, signatures, connecting, asking, upkeep, signingIn, channels,
            talk)
        unknownCalls = try await upkeep.recovery.run(version: Version.text)
        try await Upgrade(store: ground.store, commits: ground.store, world: ground.world).tell()
    }

    /// Has what others did looked at.
    func wake() {
        asking.bell.ring()
        asking.noticeBell.ring()
        talk.wake()
    }

    /// Signs what was appended, and lets go of the home. Not stopped half-way by a cancellation that led here.
    func close() async throws {
        let (checkpointer, egress, store) = (signatures.checkpointer, brokerage.egress, home.store)
        let (exporter, isForked, failures) = (instruments.exporter, signatures.forked != nil, signingIn.failures)
        try await Task {
            var failure: (any Error)?
            await failures.flush()
            if !isForked { do { try await checkpointer.signAll() } catch { failure = error } }
            try? await egress.shutdown()
            await exporter?.finish()
            try await store.close()
            if let failure { throw failure }
        }.value
    }
}
