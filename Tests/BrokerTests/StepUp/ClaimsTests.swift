import Authority
import Broker
import Gate
import OAuth
import Synchronization
import Testing
import Twins
import Wire

/// A provider's API that wants more of the owner's sign-in (learn.microsoft.com/entra/identity-platform/claims-challenge).
@Suite struct `An API's claims are asked of the owner and never renewed for` {
    private static let claims = #"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#
    private static let header =
        #"Bearer realm="", error="insufficient_claims", claims="\#(Base64.encode(Array(claims.utf8)))""#

    private static func call(_ row: ConnectionRecord) -> LackingCall {
        LackingCall(
            tool: "drive.list", organization: TokenStage.acme, agent: AgentID("helper"), use: row.use, needs: [],
            most: [])
    }

    private static func desk(_ stage: TokenStage, _ server: StrictServer) -> StepUpDesk {
        StepUpDesk(
            store: stage.store, commits: stage.store, providers: stage.providers, keeper: stage.keeper(server),
            world: stage.clock.world)
    }

    private static func refused(_ header: String?) -> UpstreamAnswer {
        UpstreamAnswer(status: 401, headers: header.map { [Step.Header("www-authenticate", $0)] } ?? [], body: [])
    }

    @Test func `the connection is its owner's turn, with the claims, and no token is asked for`() async throws {
        let (stage, server) = (try await TokenStage(), StrictServer())
        let row = try await stage.connect()
        #expect(await Self.desk(stage, server).challenged(.challenge(Self.header), by: Self.call(row)) == .learned([]))
        let broken = try #require(try await stage.store.connection(row.id))
        #expect(broken.health == .broken)
        let tokens = try await stage.tokens(row)
        #expect(tokens.failure?.claims == Self.claims && tokens.failure?.code == "insufficient_claims")
        #expect(tokens.failure?.kind == .needsUser && tokens.isOver)
        let standing = try #require(try await stage.desk.standing(of: row.id, in: TokenStage.acme)).standing
        #expect(standing.state == .needsReconnect && standing.cause == .ownerAsked)
        #expect(server.state.withLock { $0.shown.isEmpty && $0.reuses == 0 }, "its token endpoint heard nothing")
    }

    @Test func `only such a refusal isn't one of the token itself`() async throws {
        let (stage, server) = (try await TokenStage(), StrictServer())
        let row = try await stage.connect()
        let source = SealedCredentials(
            store: stage.store, commits: stage.store, keys: stage.keys, fingerprints: stage.fingerprints,
            providers: stage.providers, tokens: stage.keeper(server))
        #expect(!source.isRefused(Self.refused(Self.header), for: row.use))
        for other in [nil, #"Bearer error="invalid_token""#, "Negotiate", #"Bearer error="insufficient_claims"#] {
            #expect(source.isRefused(Self.refused(other), for: row.use))
        }
    }

    @Test func `one that was connected again meanwhile stays`() async throws {
        let (stage, server) = (try await TokenStage(), StrictServer())
        let row = try await stage.connect()
        let again = try await stage.desk.keep(stage.granted(access: "a2", refresh: "r2"), for: stage.new, over: row)
        #expect(await Self.desk(stage, server).challenged(.challenge(Self.header), by: Self.call(row)) == .learned([]))
        #expect(try await stage.store.connection(row.id)?.health == .healthy)
        #expect(try await stage.tokens(again).failure == nil)
    }
}
