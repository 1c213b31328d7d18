import Authority
import Testing
import Wire

@Suite struct CorpusTests {
    @Test func `every case is decided as recorded`() throws {
        let cases = try CorpusCase.all()
        for item in cases {
            let differences = item.differences(from: decide(item.request, item.mandate))
            #expect(differences.isEmpty, "\(item.name): \(differences.joined(separator: ", "))")
        }
        print("decision cases: \(cases.count)")
        #expect(cases.count >= 60)
    }

    @Test func `the naive evaluation decides every case alike`() throws {
        for item in try CorpusCase.all() {
            let naive = NaiveEvaluation.answer(item.request, item.definition, item.mandate.catalogue)
            #expect(NaiveAnswer(decide(item.request, item.mandate)) == naive, "\(item.name)")
        }
    }

    @Test func `every rule that can decide decides in some case`() throws {
        let decisive = try CorpusCase.all().reduce(into: Set<Rule>()) { $0.formUnion($1.expected.rules) }
        #expect(Rule.allCases.filter { !decisive.contains($0) } == [])
    }

    @Test func `no two cases bear one description`() throws {
        let descriptions = try CorpusCase.all().map(\.name)
        #expect(descriptions.count == Set(descriptions).count)
    }

    @Test func `a case that expects something else is found wanting`() throws {
        for item in try CorpusCase.all() {
            let decision = decide(item.request, item.mandate)
            for verdict in ["permit", "ask", "connect", "deny"] where verdict != item.expected.verdict {
                var wrong = item
                wrong.expected.verdict = verdict
                #expect(!wrong.differences(from: decision).isEmpty)
            }
            for rule in item.expected.rules {
                var wrong = item
                wrong.expected.rules.remove(rule)
                #expect(!wrong.differences(from: decision).isEmpty)
            }
            var elsewhere = item
            elsewhere.expected.connection = ConnectionID("another")
            #expect(!elsewhere.differences(from: decision).isEmpty)
        }
    }

    @Test(arguments: [
        (planted(request: #""toool": "notion.search""#), "toool"), (planted(request: #""labels": {}"#), "integrity"),
        (planted(request: #""standing": {"persn": "removed"}"#), "persn"),
        (planted(request: #""facets": {"destination": []}"#), "destination"),
        (planted(request: #""evidence": ["nod:alice"]"#), "evidence"),
        (planted(agent: #"{"like": "onboarding", "denied": ["notion.*"]}"#), "denied"),
        (planted(agent: #"{"like": "nobody"}"#), "nobody"), (planted(agent: #""onbording""#), "onbording"),
        (planted(expect: #"{"verdict": "deny", "rules": ["tier.efect"]}"#), "tier.efect"),
        (planted(expect: #"{"verdict": "deny", "rules": []}"#), "rules"),
        (planted(expect: #"{"verdict": "maybe", "rules": ["tier.effect"]}"#), "maybe"),
        (planted(expect: #"{"verdict": "permit"}"#), "connection"), (planted(more: #", "exepct": {}"#), "exepct"),
    ])
    func `a misspelt case is refused, and says where`(text: String, named: String) throws {
        let world = try CorpusWorld.load()
        let error = #expect(throws: CorpusError.self) {
            try CorpusCase(try JSON.parse(text), in: world, file: "planted", at: "planted")
        }
        #expect(error?.description.contains(named) == true, "\(String(describing: error))")
    }

    @Test func `the case that the misspelt ones are made from is taken`() throws {
        let item = try CorpusCase(try JSON.parse(planted()), in: try CorpusWorld.load(), file: "planted", at: "planted")
        #expect(item.expected.verdict == "permit")
    }
}

/// A case that is taken as it stands, as text, with one part replaced.
private func planted(
    agent: String = #""onboarding""#, request: String = #""trigger": "message""#,
    expect: String = #"{"verdict": "permit", "connection": "alice-notion"}"#, more: String = ""
) -> String {
    """
    {"description": "d", "agent": \(agent), "expect": \(expect)\(more),
     "request": {"requester": "person:alice", "tool": "notion.search", \(request)}}
    """
}
