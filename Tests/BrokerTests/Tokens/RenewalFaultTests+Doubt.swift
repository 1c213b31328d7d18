import Authority
import Gate
import OAuth
import Synchronization
import Testing
import Twins

@testable import Broker

/// An attempt whose end nobody knows, and an API that refuses what was renewed.
extension RenewalFaultTests {
    @Test func `a strict server that can't be asked gets no refresh token a second time`() async throws {
        let (stage, record) = try await expired(introspection: false)
        let server = StrictServer()
        server.fail(.losesAnswer)
        await #expect(throws: CredentialError.self) { try await stage.token(record.use, by: stage.keeper(server)) }
        stage.clock.advance(seconds: 120)
        await #expect(throws: CredentialError.expired) {
            try await stage.token(record.use, by: stage.keeper(server))
        }
        server.state.withLock { #expect($0.reuses == 0 && $0.asked == 1) }
    }

    /// A proxy in front of it has a bad day, or its limits are reached.
    @Test(arguments: [502, 503, 429]) func `an answer of somebody in between ends no grant`(status: Int) async throws {
        for rotation in ["unknown", "once", "lenient", "none"] {
            let (stage, record) = try await expired(rotation: rotation, introspection: false)
            let server = StrictServer()
            server.fail(.answers(TokenFailure(.transient(nil), code: nil, status: status)))
            server.fail(.answers(TokenFailure(.transient(nil), code: nil, status: status)))
            for _ in 0..<2 {
                await #expect(throws: CredentialError.self) {
                    try await stage.token(record.use, by: stage.keeper(server))
                }
                stage.clock.advance(seconds: 120)
            }
            #expect(try await stage.token(record.use, by: stage.keeper(server)) == "a2", "\(rotation)")
        }
    }

    @Test func `a strict server that is busy has done nothing, and is asked again`() async throws {
        let (stage, record) = try await expired(introspection: false)
        let server = StrictServer()
        server.fail(.answers(TokenFailure(.transient(7), code: nil, status: 429)))
        await #expect(throws: CredentialError.self) { try await stage.token(record.use, by: stage.keeper(server)) }
        stage.clock.advance(seconds: 120)
        #expect(try await stage.token(record.use, by: stage.keeper(server)) == "a2")
    }

    /// What fails inside a server may fail after it has acted, whatever code it finds for it.
    @Test func `a strict server's own fault isn't taken for its having done nothing`() async throws {
        let (stage, record) = try await expired()
        let server = StrictServer()
        server.fail(.actsAndAnswers(TokenFailure(.transient(nil), code: "server_error", status: 500)))
        await #expect(throws: CredentialError.self) { try await stage.token(record.use, by: stage.keeper(server)) }
        stage.clock.advance(seconds: 120)
        await #expect(throws: CredentialError.expired) {
            try await stage.token(record.use, by: stage.keeper(server))
        }
        server.state.withLock { #expect($0.reuses == 0 && $0.introspected == 1) }
    }

    @Test func `a server of which nobody has said how it rotates is asked once more, and its word counts`() async throws
    {
        let (stage, record) = try await expired(rotation: "unknown", introspection: false)
        let server = StrictServer()
        server.fail(.losesAnswer)
        await #expect(throws: CredentialError.self) { try await stage.token(record.use, by: stage.keeper(server)) }
        stage.clock.advance(seconds: 120)
        await #expect(throws: CredentialError.expired) {
            try await stage.token(record.use, by: stage.keeper(server))
        }
        #expect(try await stage.tokens(record).failure?.code == OwnCode.rotationLost)
    }

    @Test func `a token that works is used to its end, whatever became of its successor`() async throws {
        let stage = try await TokenStage(introspection: false)
        let record = try await stage.connect()
        let (server, keeper) = (StrictServer(), { (server: StrictServer) in stage.keeper(server) })
        stage.clock.advance(seconds: 3_400)
        server.fail(.losesAnswer)
        #expect(try await keeper(server).renewDue() == 1)
        for _ in 0..<3 {
            stage.clock.advance(seconds: 60)
            _ = try await keeper(server).renewDue()
            #expect(try await stage.token(record.use, by: keeper(server)) == "a1")
            #expect(try await health(stage, record) == .healthy)
        }
        stage.clock.advance(seconds: 60)
        await #expect(throws: CredentialError.expired) { try await stage.token(record.use, by: keeper(server)) }
        server.state.withLock { #expect($0.reuses == 0 && $0.asked == 1) }
    }

    @Test func `a token that is refused before its end, its successor lost, is its owner's matter at once`()
        async throws
    {
        let stage = try await TokenStage(introspection: false)
        let record = try await stage.connect()
        let (server, generation) = (StrictServer(), try await stage.tokens(record).generation)
        stage.clock.advance(seconds: 3_400)
        server.fail(.losesAnswer)
        _ = try await stage.keeper(server).renewDue()
        stage.clock.advance(seconds: 60)
        #expect(try await stage.token(record.use, by: stage.keeper(server)) == "a1")
        await #expect(throws: CredentialError.expired) {
            try await stage.token(record.use, by: stage.keeper(server), rejecting: generation)
        }
        #expect(try await health(stage, record) == .broken)
    }

    /// An API that is out of order says no to everybody.
    @Test func `what is refused as soon as it is renewed isn't renewed over and over, and stays whole`() async throws {
        let stage = try await TokenStage()
        let record = try await stage.connect()
        let (server, source) = (
            StrictServer(), StoredConnections(store: stage.store, commits: stage.store, world: stage.clock.world)
        )
        let keeper = stage.keeper(server)
        for minute in 1...3 {
            for _ in 0..<20 {
                let generation = try await stage.tokens(record).generation
                _ = try? await stage.token(record.use, by: keeper, rejecting: generation)
                #expect(await source.wasRefused(record.use) == false)
            }
            #expect(server.state.withLock(\.asked) == minute)
            stage.clock.advance(seconds: 61)
        }
        #expect(try await health(stage, record) == .healthy)
    }

    @Test func `hundreds of broken connections don't keep others from being renewed`() async throws {
        let stage = try await TokenStage()
        let record = try await stage.connect()
        for _ in 0..<30 {
            let other = try await stage.connect()
            try await stage.store.commit(Transaction(changes: [BrokerChange.setHealth(other.id, .broken)]))
        }
        stage.clock.advance(seconds: 3_400)
        #expect(try await stage.keeper(StrictServer()).renewDue(limit: 30) == 1)
        #expect(try await stage.tokens(record).generation == 2)
    }

    @Test func `a server that only refuses a used refresh token is asked once more`() async throws {
        let (stage, record) = try await expired(rotation: "once")
        let server = StrictServer()
        server.fail(.losesRequest)
        await #expect(throws: CredentialError.self) { try await stage.token(record.use, by: stage.keeper(server)) }
        stage.clock.advance(seconds: 120)
        #expect(try await stage.token(record.use, by: stage.keeper(server)) == "a2")
        #expect(server.state.withLock(\.introspected) == 0)
    }
}
