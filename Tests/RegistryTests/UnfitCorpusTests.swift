import Authority
import Definition
import Foundation
import Gate
import Registry
import Testing
import Twins
import Wire

/// Files that are well-formed and don't fit the home that they are applied to.
struct UnfitCorpusTests {
    private static let corpus = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Corpus/definition/unfit")

    private static func cases() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: corpus.path)
            .filter { $0.hasSuffix(".json5") }.map { String($0.dropLast(6)) }.sorted()
    }

    private static func text(_ name: String) throws -> String {
        try String(contentsOf: corpus.appending(path: name), encoding: .utf8)
    }

    @Test(arguments: try cases())
    func `everything that doesn't fit is told at once, where it stands`(name: String) async throws {
        let store = MemoryStore()
        let (acme, operating) = (OrganizationID("acme"), Administrator.systemUser(uid: 1))
        let administration = Administration(
            store: store, commits: store, shelf: LiveShelf(try notesShelf()), world: FakeWorld().world,
            accounts: { _ in [] }, isDemo: false)
        try await administration.addOrganization(acme, name: "Acme", domains: ["acme.test"], by: operating)
        for person in ["alice", "dana"] {
            _ = try await administration.addPerson(
                PersonID(person), name: nil, email: "\(person)@acme.test", subjects: [:], by: operating, in: acme)
        }
        _ = try await administration.addAgent(
            AgentID("there"), owner: PersonID("dana"), definition: ["actsAs": "claw"], by: operating, in: acme)
        let file = DefinitionFile(name: "\(name).json5", text: try Self.text("\(name).json5"))
        let before = store.commits
        let error = await #expect(throws: SourceProblems.self) {
            try await administration.apply([file], ApplyOptions(), expecting: nil, by: operating, in: acme)
        }
        #expect((error?.description ?? "") + "\n" == (try? Self.text("\(name).txt")))
        #expect(store.commits == before)
    }
}
