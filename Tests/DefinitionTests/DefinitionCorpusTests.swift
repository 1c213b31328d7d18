import Authority
import Definition
import Foundation
import Testing
import Wire

/// The files of `Tests/Corpus/definition`: the examples that definitions come from, and what is wrong with broken ones.
struct DefinitionCorpusTests {
    private static let corpus = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Corpus/definition")

    static func cases(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: corpus.appending(path: folder).path)
            .filter { $0.hasSuffix(".json5") }.map { String($0.dropLast(6)) }.sorted()
    }

    static func text(_ path: String) throws -> String {
        try String(contentsOf: corpus.appending(path: path), encoding: .utf8)
    }

    private func file(_ path: String) throws -> DefinitionFile {
        DefinitionFile(name: String(path.split(separator: "/").last ?? ""), text: try Self.text(path))
    }

    @Test func `each example loads as it stands, complete or as one agent`() throws {
        let names = try Self.cases("seed")
        #expect(names.count == 4)
        for name in names {
            let asAgent = name.hasPrefix("bare-")
            let read = try HomeDefinition(reading: [try file("seed/\(name).json5")], asAgent: asAgent)
            #expect(read.agents.map(\.id.raw).contains(asAgent || name == "routed-delegate" ? "delegate" : "main"))
            #expect(read.agents.allSatisfy { $0.given["actsAs"] == nil }, "nothing acts before somebody says as what")
            guard asAgent else { continue }
            #expect(throws: SourceProblems.self) {
                try HomeDefinition(reading: [try file("seed/\(name).json5")])
            }
        }
    }

    @Test(arguments: try cases("broken"))
    func `everything that is wrong in a broken file is told at once, where it stands`(name: String) throws {
        let file = try file("broken/\(name).json5")
        let told: String
        do throws(SourceProblems) {
            _ = try HomeDefinition(reading: [file])
            told = ""
        } catch {
            told = error.description + "\n"
        }
        #expect(told == (try? Self.text("broken/\(name).txt")))
    }
}
