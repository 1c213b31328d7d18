import Authority
public import Broker
public import Gate
import Wire

/// Checks the promises of `ConnectFlowStore` and of the changes that go with it.
public func checkConnectFlows(_ makeStore: () async throws -> any Commits & ConnectFlowStore) async throws {
    let store = try await makeStore()
    let aim = Sample.aim()
    let flow = ConnectFlow(
        id: ConnectFlowID("f1"), aim: aim, revision: 1, stage: .waiting, state: nil, created: Sample.time(0))
    try await store.commit(.connect(.open(flow)))
    try expect(try await store.connectFlow(flow.id) == flow, "a flow comes back as it was")
    try expect(try await store.connectFlow(for: aim) == flow, "its aim finds it")
    try expect(try await store.connectFlow(ConnectFlowID("f9")) == nil, "an unknown id finds nothing")
    let again = ConnectFlow(
        id: ConnectFlowID("f2"), aim: aim, revision: 1, stage: .waiting, state: nil, created: Sample.time(1))
    try expect(await store.refusal(of: .connect(.open(again))) == "exists f2", "there is one flow for an aim")
    try await checkAims(store, beside: aim)
    try await checkSteps(store, flow)
    try await store.commit(.connect(.drop(Sample.acme, PersonID("alice"))))
    try expect(try await store.connectFlow(flow.id) == nil, "a person's flows go with them")
    try expect(
        try await store.connectFlow(for: Sample.aim(in: Sample.other)) != nil, "those of another organization stay")
}

/// Whatever differs makes another aim.
private func checkAims(_ store: any Commits & ConnectFlowStore, beside aim: ConnectAim) async throws {
    let others = [
        Sample.aim(in: Sample.other), Sample.aim(person: "bob"), Sample.aim(owner: .agent(AgentID("alice"))),
        Sample.aim(agent: nil), Sample.aim(provider: "slack"),
    ]
    for (number, other) in others.enumerated() {
        let flow = ConnectFlow(
            id: ConnectFlowID("o\(number)"), aim: other, revision: 1, stage: .waiting, state: nil,
            created: Sample.time(0))
        try await store.commit(.connect(.open(flow)))
        try expect(try await store.connectFlow(for: other) == flow, "an aim finds its own flow and no other's")
    }
    try expect(try await store.connectFlow(for: aim)?.id == ConnectFlowID("f1"), "and the first is still the first's")
}

private func checkSteps(_ store: any Commits & ConnectFlowStore, _ first: ConnectFlow) async throws {
    var flow = first
    for (number, stage) in Sample.stages().enumerated() {
        let state = Digest.sha256(of: [UInt8(number / 3)])
        let next = flow.step(to: stage, state: number.isMultiple(of: 3) ? state : nil)
        let steps = (0..<8).map { _ in Transaction.connect(.step(next)) }
        try expect(await store.race(steps) == 1, "of steps at once, one is taken")
        try expect(try await store.connectFlow(flow.id) == next, "each stage comes back as it was")
        try expect(try await store.connectFlow(state: state) == next, "its state finds it until there is a new one")
        if let before = flow.state, before != state {
            try expect(try await store.connectFlow(state: before) == nil, "and an old one doesn't")
        }
        try expect(
            await store.refusal(of: .connect(.step(flow.step(to: .waiting)))) == "exists f1",
            "a step from an older revision isn't taken")
        let until = stage.until
        let expired = try await store.connectFlows(expiredAt: until ?? Sample.time(9_999), most: 10)
        try expect(expired.map(\.id) == (until == nil ? [] : [flow.id]), "what has run out is found")
        if let until {
            let early = try await store.connectFlows(expiredAt: until.adding(seconds: -1), most: 10)
            try expect(early.isEmpty, "and what hasn't is not")
        }
        flow = next
    }
}
