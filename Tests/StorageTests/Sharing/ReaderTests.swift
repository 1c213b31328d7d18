import Authority
import Gate
import Registry
import Testing
import Wire

/// Who may read arguments and results.
@Suite struct ReaderTests {
    private typealias Stage = SharingStage

    private func set(_ stage: Stage, _ person: PersonID, _ may: Bool) async throws {
        try await stage.administration.setPayloadReader(person, may, by: Stage.operating, in: Stage.acme)
    }

    @Test(arguments: StoreKind.allCases)
    func `the role is given and ended, each with a leaf`(kind: StoreKind) async throws {
        let stage = try await Stage(kind)
        #expect(try await stage.administration.payloadReaders(in: Stage.acme).isEmpty)
        try await set(stage, Stage.dana, true)
        try await set(stage, Stage.carol, true)
        try await set(stage, Stage.dana, false)
        #expect(try await stage.administration.payloadReaders(in: Stage.acme) == [Stage.carol])
        let told = try await stage.leaves().suffix(3).map {
            "\($0["change"]?.stringValue ?? "") \($0["person"]?.stringValue ?? "") \($0["role"]?.stringValue ?? "")"
        }
        #expect(
            told == [
                "person.role-granted dana payload_reader", "person.role-granted carol payload_reader",
                "person.role-ended dana payload_reader",
            ])
    }

    @Test func `a role that is there isn't given, nor one that isn't ended`() async throws {
        let stage = try await Stage(.memory)
        await #expect(throws: RegistryError.self) { try await set(stage, Stage.dana, false) }
        try await set(stage, Stage.dana, true)
        await #expect(throws: RegistryError.self) { try await set(stage, Stage.dana, true) }
        await #expect(throws: RegistryError.self) { try await set(stage, PersonID("nobody"), true) }
        _ = try await stage.administration.suspendPerson(Stage.bob, by: Stage.operating, in: Stage.acme)
        await #expect(throws: RegistryError.self) { try await set(stage, Stage.bob, true) }
    }
}
