import Testing

@testable import Broker

@Suite struct ConnectAnswerTests {
    private let issuer = "https://id.example"

    private func code(_ query: [String: String], issuer: String?, namesItself: Bool) throws(ConnectProblem) -> String {
        try ConnectAnswer.code(in: query, from: issuer, namesItself: namesItself)
    }

    @Test func `a code is taken from the server that was asked`() throws {
        #expect(try code(["code": "c", "iss": issuer], issuer: issuer, namesItself: true) == "c")
        #expect(try code(["code": "c", "iss": issuer], issuer: issuer, namesItself: false) == "c")
        #expect(try code(["code": "c"], issuer: issuer, namesItself: false) == "c")
        #expect(try code(["code": "c"], issuer: nil, namesItself: false) == "c")
    }

    @Test(arguments: [
        "https://evil.example", "https://id.example/", "HTTPS://id.example", "https://id.example:443", "",
    ])
    func `another name is a mix-up, by simple string, and its error isn't read`(named: String) {
        for error in [[:], ["error": "access_denied"]] {
            let query = ["code": "c", "iss": named].merging(error) { $1 }
            #expect(throws: ConnectProblem(.mixUp)) { try code(query, issuer: issuer, namesItself: true) }
            #expect(throws: ConnectProblem(.mixUp)) { try code(query, issuer: issuer, namesItself: false) }
        }
    }

    @Test func `a server that names itself always does`() {
        #expect(throws: ConnectProblem(.mixUp)) { try code(["code": "c"], issuer: issuer, namesItself: true) }
        #expect(throws: ConnectProblem(.mixUp)) {
            try code(["error": "access_denied"], issuer: issuer, namesItself: true)
        }
        #expect(throws: ConnectProblem(.mixUp)) {
            try code(["code": "c", "iss": issuer], issuer: nil, namesItself: false)
        }
    }

    @Test func `a no is told from an error, and only a word of it is shown`() {
        for (error, problem) in [
            ("access_denied", ConnectProblem(.declined)), ("server_error", ConnectProblem(.refused, "server_error")),
            ("two words", ConnectProblem(.refused)), ("a\u{202e}b", ConnectProblem(.refused)),
            (String(repeating: "x", count: 65), ConnectProblem(.refused)), ("", ConnectProblem(.refused)),
        ] {
            #expect(throws: problem) {
                try code(["error": error, "code": "c", "error_description": "<b>"], issuer: nil, namesItself: false)
            }
        }
    }

    @Test(arguments: [
        ["error": "access_denied", "error_description": "AADSTS90094: The grant requires administrator permission."],
        ["error": "access_denied", "error_description": "AADSTS90095: Ask for it."],
        ["error": "admin_policy_enforced"],
    ])
    func `what only an administrator can allow isn't taken for the person's no`(_ query: [String: String]) {
        let problem = #expect(throws: ConnectProblem.self) { try code(query, issuer: nil, namesItself: false) }
        #expect(problem?.end == .refused && problem?.reason == "an administrator there has to allow it first")
        #expect(problem?.hint?.contains("whoever administers your organization's accounts there") == true)
    }

    @Test func `an answer without a code is none`() {
        for query in [[:], ["code": ""], ["code": "a\nb"], ["code": String(repeating: "x", count: 4_097)]] {
            #expect(throws: ConnectProblem(.malformed)) { try code(query, issuer: nil, namesItself: false) }
        }
    }
}
