import Authority
import Gate
import Testing
import Wire

@testable import Broker

@Suite struct ConnectFlowTests {
    private let now = Timestamp(microseconds: 1_795_000_000_000_000)
    private let carol = ConnectVisitor(
        organization: OrganizationID("acme"), person: PersonID("carol"), session: "web_1")

    private var departure: ConnectDeparture {
        ConnectDeparture(
            session: "web_1", issuer: "https://id.example", redirectURI: "https://d.test/cb", clientID: "deputy",
            scopes: ["read"], replaces: nil, until: now.adding(seconds: 600), verifier: [1])
    }

    private func flow(_ stage: ConnectStage) -> ConnectFlow {
        ConnectFlow(
            id: ConnectFlowID("f1"),
            aim: ConnectAim(
                organization: OrganizationID("acme"), person: PersonID("carol"), owner: .person(PersonID("carol")),
                agent: nil, provider: ProviderID("notion")), revision: 3, stage: stage, state: nil, created: now)
    }

    private func offer(before: OfferedAccount? = nil, isOwners: Bool = false) -> ConnectOffer {
        ConnectOffer(
            session: "web_1", account: OfferedAccount(id: "U1", name: "Carol", email: "carol@acme.test"),
            asked: ["read", "write"], granted: ["read"], replaces: nil, before: before, isOwners: isOwners,
            clientID: "deputy", until: now.adding(seconds: 600), tokens: [1, 2])
    }

    private func visitor(organization: String = "acme", person: String = "carol", session: String = "web_1")
        -> ConnectVisitor
    {
        ConnectVisitor(
            organization: OrganizationID(organization), person: PersonID(person), session: session)
    }

    @Test func `an answer counts for the browser that was sent off, within ten minutes`() throws {
        let flow = flow(.away(departure))
        #expect(try flow.departure(by: carol, at: now) == departure)
        #expect(throws: ConnectRefusal.nobody) { try flow.departure(by: nil, at: now) }
        #expect(throws: ConnectRefusal.somebodyElses) { try flow.departure(by: visitor(person: "mallory"), at: now) }
        #expect(throws: ConnectRefusal.somebodyElses) {
            try flow.departure(by: visitor(organization: "other"), at: now)
        }
        #expect(throws: ConnectRefusal.anotherBrowser) { try flow.departure(by: visitor(session: "web_2"), at: now) }
        #expect(throws: ConnectRefusal.stale) { try flow.departure(by: carol, at: now.adding(seconds: 600)) }
    }

    @Test(arguments: [
        ConnectStage.waiting, .arrived(until: Timestamp(microseconds: .max)), .ended(ConnectProblem(.declined)),
        .kept(OfferedAccount(id: "U1", name: nil, email: nil)),
    ])
    func `an answer to nothing under way is over, and a stranger isn't told so`(stage: ConnectStage) {
        #expect(throws: ConnectRefusal.over) { try flow(stage).departure(by: carol, at: now) }
        #expect(throws: ConnectRefusal.somebodyElses) {
            try flow(stage).departure(by: visitor(person: "mallory"), at: now)
        }
        #expect(throws: ConnectRefusal.over) { try flow(stage).offer(by: carol, shown: nil, at: now) }
    }

    @Test func `an offer is answered as it was shown, in the browser that it was shown in`() throws {
        let (flow, shown) = (flow(.offered(offer())), offer().shown(of: ConnectFlowID("f1")))
        #expect(try flow.offer(by: carol, shown: shown, at: now) == offer())
        #expect(try flow.offer(by: carol, shown: nil, at: now) == offer())
        #expect(throws: ConnectRefusal.changed) {
            try flow.offer(by: carol, shown: offer().shown(of: ConnectFlowID("f2")), at: now)
        }
        #expect(throws: ConnectRefusal.anotherBrowser) {
            try flow.offer(by: visitor(session: "web_2"), shown: shown, at: now)
        }
        #expect(throws: ConnectRefusal.somebodyElses) {
            try flow.offer(by: visitor(person: "mallory"), shown: shown, at: now)
        }
        #expect(throws: ConnectRefusal.stale) { try flow.offer(by: carol, shown: shown, at: now.adding(seconds: 600)) }
    }

    @Test func `another account, and an owner's own for an agent, take a yes of their own`() throws {
        let before = OfferedAccount(id: "U0", name: nil, email: "old@acme.test")
        for (isAnother, isOwners) in [(false, false), (true, false), (false, true), (true, true)] {
            let offer = offer(before: isAnother ? before : nil, isOwners: isOwners)
            for (another, sharing) in [(false, false), (true, false), (false, true), (true, true)] {
                let isTaken = (try? offer.check(another: another, sharing: sharing)) != nil
                #expect(isTaken == ((!isAnother || another) && (!isOwners || sharing)))
            }
        }
        #expect(offer().missing == ["write"])
    }

    @Test func `what has run out isn't under way any more`() {
        let late = now.adding(seconds: 600)
        for stage in [ConnectStage.away(departure), .offered(offer()), .arrived(until: late)] {
            #expect(flow(stage).stage(at: now) == stage)
            #expect(flow(stage).stage(at: late) == .waiting)
        }
        let ended = ConnectStage.ended(ConnectProblem(.declined))
        #expect(flow(ended).stage(at: late) == ended)
    }

    @Test func `each refusal that somebody else earned is recorded`() {
        #expect(
            ConnectRefusal.allCases.filter(\.isRecorded) == [.somebodyElses, .nobody, .anotherBrowser])
    }
}
