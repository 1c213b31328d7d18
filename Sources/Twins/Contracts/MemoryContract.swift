import Authority
public import Gate
public import Turns
import Wire

/// Checks the promises of `Memories` and of the changes that go with it.
public func checkMemories(_ makeStore: () async throws -> any Commits & Memories & Payloads) async throws {
    try await checkPartitions(try await makeStore())
    try await checkMemoryWords(try await makeStore())
    try await checkMemoryErasure(try await makeStore())
}

private func checkPartitions(_ store: any Commits & Memories & Payloads) async throws {
    let alices = Sample.memoryPlace(.person(PersonID("alice")))
    let bobs = Sample.memoryPlace(.person(PersonID("bob")))
    let others: [MemoryPlace] = [
        bobs, Sample.memoryPlace(.agent), Sample.memoryPlace(.thread(ClientID("t/1"), nil)),
        Sample.memoryPlace(.thread(ClientID("t/1"), PersonID("alice"))),
        Sample.memoryPlace(.person(PersonID("alice")), of: "another"),
        Sample.memoryPlace(.person(PersonID("alice")), in: Sample.other),
    ]
    let entry = Sample.memory("m1", at: alices)
    try expect(await store.refusal(of: .memory(.add(entry))) == "exists m1", "nothing is kept before there is a key")
    try await store.commit(.memory(.open(alices)))
    try expect(
        await store.refusal(of: .memory(.open(alices)))?.hasPrefix("exists") == true, "a partition has one key")
    try await store.commit(.memory(.add(entry)))
    try expect(await store.refusal(of: .memory(.add(entry))) == "exists m1", "an entry is kept once")
    try expect(try await store.memory(entry.id, at: alices) == entry, "an entry comes back as it was")
    try expect(try await store.hasMemory(at: alices), "its partition is known")
    for place in others {
        try expect(try await store.hasMemory(at: place) == false, "and no other")
        try await store.commit(.memory(.open(place)))
        try expect(try await store.memory(entry.id, at: place) == nil, "an entry isn't in another partition")
        try expect(try await store.memories(at: place, with: [], limit: 9).isEmpty, "nor listed there")
        try expect(
            try await store.memories(at: place, with: entry.index, limit: 9).isEmpty, "nor found there by its words")
        try expect(try await store.memoryCount(at: place) == 0, "nor counted there")
    }
    let shared = Sample.memory("m2", at: Sample.memoryPlace(.agent), writer: "alice")
    try await store.commit(.memory(.add(shared)))
    try expect(
        try await store.memories(about: PersonID("alice"), in: Sample.acme, limit: 9) == [entry],
        "what is a person's is found, and the agent's own isn't among it")
    try expect(
        try await store.memories(about: PersonID("bob"), in: Sample.acme, limit: 9).isEmpty, "nor another's")
    for (person, organization, isTheirs) in [
        ("alice", Sample.acme, true), ("bob", Sample.acme, false), ("alice", Sample.other, false),
    ] {
        let found = try await store.memory(entry.id, about: PersonID(person), in: organization)
        try expect((found == entry) == isTheirs, "one entry is found by whom it is about alone")
    }
    try expect(
        try await store.memory(shared.id, about: PersonID("alice"), in: Sample.acme) == nil,
        "who wrote the agent's own isn't whom it is about")
    var corrected = entry
    corrected.version = 2
    corrected.changed = Sample.time(9)
    corrected.index = ["ccc"]
    try await store.commit(.memory(.correct(corrected)))
    try expect(try await store.memory(entry.id, at: alices) == corrected, "a correction takes its place")
    try expect(await store.refusal(of: .memory(.correct(corrected))) == "exists m1", "of two one is kept")
    try expect(await store.refusal(of: .memory(.forget(entry))) == "exists m1", "what was corrected isn't forgotten so")
    try await store.commit(.memory(.forget(corrected)))
    try expect(try await store.memory(entry.id, at: alices) == nil, "what is forgotten is gone")
    try expect(await store.refusal(of: .memory(.forget(corrected))) == "exists m1", "and is forgotten once")
}

private func checkMemoryWords(_ store: any Commits & Memories & Payloads) async throws {
    let place = Sample.memoryPlace(.person(PersonID("alice")))
    try await store.commit(.memory(.open(place)))
    let entries = [
        Sample.memory("m1", at: place, words: ["abcd", "bbbb"], changed: 1),
        Sample.memory("m2", at: place, words: ["bbbb", "cccc"], changed: 3),
        Sample.memory("m3", at: place, words: [], changed: 2),
    ]
    for entry in entries { try await store.commit(.memory(.add(entry))) }
    func found(_ words: Set<String>, limit: Int = 9) async throws -> [String] {
        try await store.memories(at: place, with: words, limit: limit).map(\.id.raw)
    }
    try expect(try await found([]) == ["m2", "m3", "m1"], "entries come with the last changed first")
    try expect(try await found(["abcd"]) == ["m1"], "a word finds what has it")
    try expect(try await found(["abcd", "cccc"]) == ["m2", "m1"], "and several what has one of them")
    try expect(try await found(["bbbb"], limit: 1) == ["m2"], "as many as are wanted")
    try expect(try await found(["bbb"]).isEmpty, "part of a word finds nothing")
    try expect(try await found(["entry"]).isEmpty, "nor does the name of a column")
    var corrected = entries[0]
    corrected.version = 2
    corrected.index = ["dddd"]
    try await store.commit(.memory(.correct(corrected)))
    try expect(try await found(["abcd"]).isEmpty, "what was corrected isn't found by its old words")
    try expect(try await found(["dddd"]) == ["m1"], "but by its new ones")
    try await store.commit(.memory(.forget(entries[1])))
    try expect(try await found(["cccc"]).isEmpty, "what was forgotten isn't found")
    try expect(try await store.memoryCount(at: place) == 2, "nor counted")
}

private func checkMemoryErasure(_ store: any Commits & Memories & Payloads) async throws {
    let alice = PersonID("alice")
    let places: [MemoryPlace] = [
        Sample.memoryPlace(.person(alice)), Sample.memoryPlace(.thread(ClientID("c"), alice)),
        Sample.memoryPlace(.thread(ClientID("c"), nil)), Sample.memoryPlace(.agent),
        Sample.memoryPlace(.person(PersonID("bob"))),
    ]
    func fill() async throws {
        for (number, place) in places.enumerated() {
            if try await store.hasMemory(at: place) == false {
                try await store.commit(.memory(.open(place)))
                try await store.commit(.keeping(place.keyPayload))
            }
            let entry = Sample.memory("m\(number)", at: place, writer: number == 4 ? "bob" : "alice")
            if try await store.memory(entry.id, at: place) == nil { try await store.commit(.memory(.add(entry))) }
            try await store.commit(.keeping(entry.payload))
        }
    }
    func left() async throws -> [Int] {
        var left: [Int] = []
        for (number, place) in places.enumerated() {
            let entries = try await store.memories(at: place, with: ["word"], limit: 9)
            let payload = Sample.memory("m\(number)", at: place).payload
            try expect(
                (try await store.payload(payload) != nil) == !entries.isEmpty, "the words go with their entry")
            if !entries.isEmpty { left.append(number) }
        }
        return left
    }
    try await fill()
    try await store.commit(Transaction(changes: [ErasureChange.memory(Sample.acme, alice)]))
    try expect(try await left() == [3, 4], "a person's memory goes, also from shared threads")
    try expect(try await store.payload(places[0].keyPayload) == nil, "with the key of its words")
    try expect(try await store.hasMemory(at: places[0]) == false, "and the partition")
    try expect(try await store.payload(places[4].keyPayload) != nil, "and nobody else's key")
    try await fill()
    try await store.commit(Transaction(changes: [ErasureChange.words(Sample.acme, alice)]))
    try expect(try await left() == [4], "an erased person's words go from the agent's own memory too")
}

extension Transaction {
    fileprivate static func memory(_ change: MemoryChange) -> Transaction { Transaction(changes: [change]) }

    fileprivate static func keeping(_ id: String) -> Transaction {
        Transaction(changes: [GateChange.keep(Payload(id: id, digestKey: [1], sealed: [2]))])
    }
}

extension Sample {
    fileprivate static func memoryPlace(
        _ partition: MemoryPartition, of agent: String = "helper", in organization: OrganizationID = acme
    ) -> MemoryPlace {
        MemoryPlace(partition, of: AgentID(agent), in: organization)
    }

    fileprivate static func memory(
        _ id: String, at place: MemoryPlace, writer: String? = "alice", words: Set<String> = ["word"],
        changed: Int64 = 1
    ) -> MemoryEntry {
        MemoryEntry(
            id: MemoryID(id), place: place, writer: writer.map { PersonID($0) }, source: awkward,
            labels: Labels(integrity: .outsider, readers: .only([PersonID("alice")]), classes: [.contacts]),
            created: time(0), changed: time(changed), index: words)
    }
}
