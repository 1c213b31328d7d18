import Authority
import Definition
import FoundationEssentials

/// The providers of a home: the bundled ones and its own.
enum Providers {
    static func read(_ paths: HomePaths, origins: [ProviderID: String]) throws -> ProviderShelf {
        do {
            var manifests = try BundledProviders.read()
            let names = (try? FileManager.default.contentsOfDirectory(atPath: paths.providers)) ?? []
            for name in names.sorted() where name.hasSuffix(".json5") {
                let file = paths.providers + "/" + name
                let text = try String(contentsOfFile: file, encoding: .utf8)
                manifests.append(try ProviderManifest(reading: text, file: file))
            }
            return try ProviderShelf(manifests, origins: origins)
        } catch let error as SourceProblems {
            throw CommandFailure(.homeUnusable, "manifest", "a provider manifest is wrong:\n\(error)")
        } catch let error as DefinitionProblems {
            let lines = error.problems.map { $0.message + ($0.hint.map { " (\($0))" } ?? "") }
            throw CommandFailure(.homeUnusable, "providers", lines.joined(separator: "; "))
        }
    }
}
