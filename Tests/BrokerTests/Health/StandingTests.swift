import Authority
import Gate
import OAuth
import Testing

@testable import Broker

@Suite struct `How a connection stands` {
    private let now = Timestamp(microseconds: 1_795_000_000_000_000)
    private static let hour: Int64 = 3_600
    private static let day: Int64 = 86_400

    private func record(_ health: ConnectionHealth = .healthy, kind: String = "oauth") -> ConnectionRecord {
        ConnectionRecord(
            id: ConnectionID("con_1"), organization: OrganizationID("acme"), owner: .person(PersonID("alice")),
            provider: ProviderID("drive"), origin: "https://drive.test", kind: kind, account: "A", accountName: "A",
            email: nil, scopes: [], generation: 1, fingerprint: "g", sealed: [1], health: health, created: now)
    }

    /// - Parameter life: seconds from now; negative for one that is over.
    private func tokens(
        _ life: Int64?, refresh: [UInt8]? = [1], obtained: Int64 = -60, failure: TokenTrouble? = nil,
        client: String = "deputy", grant: String = "g"
    ) -> TokenSet {
        TokenSet(
            connection: ConnectionID("con_1"), grant: grant, generation: 1, clientID: client, fingerprint: "f",
            access: [1], refresh: refresh, expires: life.map { now.adding(seconds: $0) },
            obtained: now.adding(seconds: obtained), due: nil, failure: failure)
    }

    private var app: AppRecord {
        AppRecord(
            organization: OrganizationID("acme"), provider: ProviderID("drive"), clientID: "deputy",
            authentication: .none, sealed: [], created: now)
    }

    private func standing(
        _ record: ConnectionRecord, _ tokens: TokenSet?, app: AppRecord?, noted: ConnectionCause? = nil
    ) -> ConnectionStanding {
        ConnectionStanding(of: record, tokens: tokens, app: app, noted: noted, now: now)
    }

    private func trouble(_ kind: TokenTrouble.Kind, _ code: String = "c", count: Int64 = 20) -> TokenTrouble {
        TokenTrouble(kind: kind, code: code, count: count)
    }

    @Test func `one that works is active`() {
        #expect(standing(record(kind: "bearer"), nil, app: nil) == ConnectionStanding(.active, .works))
        let hour = tokens(Self.hour)
        #expect(standing(record(), hour, app: app) == ConnectionStanding(.active, .works, until: hour.expires))
        #expect(standing(record(), tokens(nil, refresh: nil), app: nil).state == .active)
    }

    @Test func `a revoked one is revoked, whatever else is the matter`() {
        let failed = tokens(-1, failure: trouble(.dead))
        #expect(standing(record(.revoked), failed, app: nil) == ConnectionStanding(.revoked, .revoked))
    }

    @Test(arguments: TokenTrouble.Kind.allCases)
    func `what fails beside a token that lives doesn't make it worse`(_ kind: TokenTrouble.Kind) {
        let found = standing(record(), tokens(Self.hour, failure: trouble(kind)), app: app)
        #expect(found.state == .expiring)
        #expect(found.cause != .works)
    }

    @Test func `a failure of a moment is nobody's matter`() {
        let once = tokens(Self.hour, failure: trouble(.transient, "timeout", count: 1))
        #expect(standing(record(), once, app: app).state == .active)
        let over = tokens(-1, failure: trouble(.transient, "http_503", count: 1))
        #expect(standing(record(), over, app: app).state == .expiring)
        #expect(standing(record(), over, app: app).code == "http_503")
    }

    @Test func `once its token ended, our app's fault is the operator's and no owner's`() {
        let refused = standing(record(), tokens(-1, failure: trouble(.registration, "invalid_client")), app: app)
        #expect(refused.state == .operatorAction && refused.cause == .appRefused && refused.code == "invalid_client")
        let forbidden = standing(record(), tokens(-1, failure: trouble(.policy, "access_denied")), app: app)
        #expect(forbidden.state == .operatorAction && forbidden.cause == .providerForbids)
        #expect(standing(record(), tokens(-1), app: nil).cause == .appMissing)
        #expect(standing(record(), tokens(Self.hour), app: nil).state == .expiring)
    }

    @Test func `a service account needs no app`() {
        let own = record(kind: OwnGrant.accountKind)
        #expect(standing(own, tokens(Self.hour), app: nil).state == .active)
    }

    @Test func `one made through another app ends with its token`() {
        let others = tokens(Self.hour, client: "before")
        #expect(standing(record(), others, app: app).cause == .otherApp)
        #expect(standing(record(), others, app: app).state == .expiring)
        #expect(standing(record(), tokens(-1, client: "before"), app: app).state == .needsReconnect)
    }

    @Test func `what nothing renews is told of a week before, or in the last quarter of a short life`() {
        func state(_ left: Int64, of life: Int64) -> ConnectionState {
            standing(record(), tokens(left, refresh: nil, obtained: left - life), app: nil).state
        }
        #expect(state(8 * Self.day, of: 90 * Self.day) == .active)
        #expect(state(7 * Self.day, of: 90 * Self.day) == .expiring)
        #expect(state(Self.hour, of: 2 * Self.hour) == .active)
        #expect(state(Self.hour / 2, of: 2 * Self.hour) == .expiring)
        #expect(state(0, of: Self.hour) == .needsReconnect)
    }

    @Test func `one that went out of use says why`() {
        let dead = standing(record(.broken), tokens(-1, failure: trouble(.dead, "invalid_grant")), app: app)
        #expect(dead.state == .needsReconnect && dead.cause == .grantOver && dead.code == "invalid_grant")
        let lost = standing(record(.broken), tokens(-1, failure: trouble(.dead, OwnCode.rotationLost)), app: app)
        #expect(lost.cause == .answerLost && lost.code == nil, "a code of our own isn't the provider's word")
        #expect(standing(record(.broken, kind: "bearer"), nil, app: nil).cause == .refused)
        #expect(standing(record(.broken), nil, app: nil, noted: .notAsRecorded).cause == .notAsRecorded)
    }

    @Test func `tokens of the grant before say nothing of the one now`() {
        let before = tokens(-1, failure: trouble(.dead), grant: "before")
        #expect(standing(record(), before, app: app).state == .active)
    }

    @Test(arguments: ConnectionCause.allCases)
    func `each cause has its words, and a way out for whoever has one`(_ cause: ConnectionCause) {
        let own = ConnectionStanding(.expiring, cause, code: "c")
        #expect((own.sentence(of: record()) == nil) == ([.works, .keyRotated].contains(cause)))
        #expect((own.nextStep(of: record()) == nil) == ([.works, .notRenewed, .keyRotated].contains(cause)))
    }

    @Test func `the step when our app is refused is the command that fits how it is known`() {
        func app(_ authentication: ClientAuthentication, at issuer: String? = nil, of agent: String? = nil) -> AppRecord
        {
            AppRecord(
                organization: OrganizationID("acme"), provider: ProviderID("drive"), clientID: "deputy",
                authentication: authentication, sealed: [], created: now, issuer: issuer,
                agent: agent.map { AgentID($0) })
        }
        func step(_ app: AppRecord?) -> String {
            ConnectionStanding(.operatorAction, .appRefused).nextStep(of: record(), through: app) ?? ""
        }
        #expect(step(app(.post)).hasSuffix("make a new secret there, and give it: `deputy apps rotate drive`"))
        #expect(step(app(.post, of: "product")).hasSuffix("`deputy apps rotate drive --agent product`"))
        #expect(
            step(app(.privateKey)).hasSuffix(
                "make a new key, have it known there, and give it: `deputy apps rotate drive --key-file FILE`"))
        let remote = step(app(.post, at: "https://id.drive.test"))
        #expect(remote.contains("`deputy servers authorize drive --register`; else"))
        #expect(step(nil).contains("deputy apps list"))
    }

    @Test func `the next step is the command that makes such a connection`() {
        func step(_ kind: String) -> String? {
            ConnectionStanding(.needsReconnect, .grantOver).nextStep(of: record(kind: kind))
        }
        #expect(step("oauth") == "connect it again: `deputy connections connect drive --person alice`")
        #expect(step("bearer") == "connect it again: `deputy connections add drive --person alice`")
        #expect(step(OwnGrant.ourselvesKind)?.hasSuffix("--client-credentials`") == true)
        #expect(step(OwnGrant.accountKind)?.hasSuffix("--service-account FILE`") == true)
    }
}
