import Authority
import Foundation
import Wire

/// One decision case: who asks which agent for what, and what has to come of it.
struct CorpusCase: Sendable {
    let file: String
    let description: String
    let definition: AgentDefinition
    let mandate: Mandate
    let request: Request
    var expected: Expectation

    /// What the decision has to be. What is left out isn't compared.
    struct Expectation: Sendable {
        var verdict: String
        /// The rules that made the verdict what it is: all of them and no others.
        var rules: Set<Rule>
        /// The connection of a permit, which always has to be told; nil for a tool that needs none.
        var connection: ConnectionID?
        var principal: PersonID??
        /// Who may agree, the same for each open obligation.
        var approvers: Set<PersonID>?
        /// Whether a window would do for every open obligation.
        var isWindowEnough: Bool?
    }

    /// For messages.
    var name: String { "\(file): \(description)" }

    init(_ json: JSON, in world: CorpusWorld, file: String, at place: String) throws {
        var fields = try Fields(json, at: place)
        self.file = file
        description = try fields.required("description", string)
        definition = try world.definition(try fields.need("agent"), at: "\(place).agent")
        mandate = try Mandate(compiling: definition, with: world.catalogue)
        request = try world.request(try fields.need("request"), to: mandate, at: "\(place).request")
        expected = try Expectation(try fields.need("expect"), at: "\(place).expect")
        try fields.end()
    }

    /// All cases of all files, in the order of the files' names.
    static func all() throws -> [CorpusCase] {
        let world = try CorpusWorld.load()
        let folder = CorpusWorld.folder.appending(path: "decisions")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return try files.filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }.flatMap { file in
            try cases(try CorpusWorld.json(file), in: world, file: file.deletingPathExtension().lastPathComponent)
        }
    }

    static func cases(_ json: JSON, in world: CorpusWorld, file: String) throws -> [CorpusCase] {
        var fields = try Fields(json, at: file)
        _ = try fields.required("about", string)
        let cases = try fields.required("cases", list { (json, place) throws(CorpusError) in (json, place) })
        try fields.end()
        return try cases.map { try CorpusCase($0.0, in: world, file: file, at: $0.1) }
    }
}

extension CorpusCase.Expectation {
    init(_ json: JSON, at place: String) throws(CorpusError) {
        var fields = try Fields(json, at: place)
        let verdict = try fields.required("verdict", string)
        guard ["permit", "ask", "connect", "deny"].contains(verdict) else {
            throw fields.fail("verdict", "`\(verdict)` is unknown")
        }
        self.verdict = verdict
        if verdict == "permit" {
            let connection = try fields.need("connection")
            self.connection = connection.isNull ? nil : try identifier(connection, "\(place).connection")
            rules = []
        } else {
            rules = Set(try fields.required("rules", list(of: named)))
            if rules.isEmpty { throw fields.fail("rules", "at least one rule has to say why") }
        }
        if let principal = fields.take("principal") {
            self.principal = .some(principal.isNull ? nil : try identifier(principal, "\(place).principal"))
        }
        approvers = try fields.optional("approvers", list(of: identifier)).map(Set.init)
        isWindowEnough = try fields.optional("windowIsEnough", bool)
        try fields.end()
    }
}
