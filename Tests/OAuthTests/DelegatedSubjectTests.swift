import Testing

@testable import OAuth

struct DelegatedSubjectTests {
    private static let people = ["alice@acme.test", "Bob@acme.test"]

    @Test func `an agent may be whom its list names`() throws {
        let subject = try DelegatedSubject(
            "Assistant@Acme.test", allowed: ["other@acme.test", "assistant@ACME.test"],
            people: DelegatedSubjectTests.people)
        #expect(subject.mail == "assistant@acme.test")
    }

    @Test(arguments: [
        "dana@acme.test", "assistant@acme.test.evil.example", "assistant+x@acme.test", "ssistant@acme.test",
    ])
    func `an agent may be nobody whom its list doesn't name`(_ text: String) {
        #expect(throws: DelegatedSubject.Refusal.notAllowed) {
            try DelegatedSubject(text, allowed: ["assistant@acme.test"], people: DelegatedSubjectTests.people)
        }
    }

    @Test(arguments: ["alice@acme.test", "ALICE@acme.test", "bob@acme.test", "alice+agent@acme.test"])
    func `an agent is never a person, whatever its list says`(_ text: String) {
        #expect(throws: DelegatedSubject.Refusal.person) {
            try DelegatedSubject(text, allowed: [text], people: DelegatedSubjectTests.people)
        }
    }

    @Test func `a person with a tagged address is one too`() {
        #expect(throws: DelegatedSubject.Refusal.person) {
            try DelegatedSubject("carol@acme.test", allowed: ["carol@acme.test"], people: ["carol+work@acme.test"])
        }
    }

    @Test(arguments: ["", "assistant", "Assistant <assistant@acme.test>", "a@acme.test,b@acme.test", "a@acme.test\n"])
    func `what isn't one plain address is nobody`(_ text: String) {
        #expect(throws: DelegatedSubject.Refusal.malformed) {
            try DelegatedSubject(text, allowed: [text], people: [])
        }
    }

    @Test func `an empty list allows nobody`() {
        #expect(throws: DelegatedSubject.Refusal.notAllowed) {
            try DelegatedSubject("assistant@acme.test", allowed: [], people: [])
        }
    }
}
