import Authority
import Definition
import FoundationEssentials
import Turns

/// The providers of a home: the bundled ones and its own, which take the place of a bundled one of the same name.
enum Providers {
    static func read(_ paths: HomePaths, origins: [ProviderID: String]) throws -> ProviderShelf {
        do {
            var own: [ProviderManifest] = []
            let names = (try? FileManager.default.contentsOfDirectory(atPath: paths.providers)) ?? []
            for name in names.sorted() where name.hasSuffix(".json5") {
                let file = paths.providers + "/" + name
                let text = try String(contentsOfFile: file, encoding: .utf8)
                own.append(try ProviderManifest(reading: text, file: file))
            }
            if let taken = [MemoryTools.provider, FileTools.provider].first(where: own.map(\.provider).contains) {
                throw CommandFailure(
                    .homeUnusable, "providers", "a provider of this home is called `\(taken)`",
                    hint: "that name is the gateway's own: give it another one")
            }
            let named = Set(own.map(\.provider))
            let bundled = try BundledProviders.read().filter { !named.contains($0.provider) }
            return try ProviderShelf(bundled + own, origins: origins)
        } catch let error as SourceProblems {
            throw CommandFailure(.homeUnusable, "manifest", "a provider manifest is wrong:\n\(error)")
        } catch let error as DefinitionProblems {
            let lines = error.problems.map { $0.message + ($0.hint.map { " (\($0))" } ?? "") }
            throw CommandFailure(.homeUnusable, "providers", lines.joined(separator: "; "))
        }
    }
}
