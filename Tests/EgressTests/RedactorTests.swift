import Testing
import Wire

@testable import Egress

struct RedactorTests {
    private static let secret = Array("ntn_5eKz/+Q9\"vX&w7 Bp=3fT0mY".utf8)

    private static var echoes: [[UInt8]] {
        let text = String(decoding: secret, as: UTF8.self)
        return [
            secret, Array(Base64.encode(secret).utf8), Array(Base64.encodeURL(secret).utf8),
            Array(Base64.encode(Array("user:".utf8) + secret).utf8),
            Array(Base64.encode(Array("x".utf8) + secret).utf8),
            Array(PercentEncoding.encode(secret).utf8), Array(PercentEncoding.encode(secret).lowercased().utf8),
            JSON.string(text).bytes(), Array(Hex.encode(secret).utf8), Array(Hex.encode(secret).uppercased().utf8),
        ]
    }

    /// The longest stretch of an echo that is left must be too short to say anything.
    private func leaks(_ redacted: [UInt8], of echo: [UInt8]) -> Bool {
        guard echo.count > 12 else { return true }
        for start in 0...(echo.count - 12) where redacted.holds(Array(echo[start..<start + 12])) { return true }
        return false
    }

    @Test func `every form of a secret is blotted out, wherever the chunks break`() {
        let patterns = SecretForms(RedactorTests.secret).patterns
        for echo in RedactorTests.echoes {
            let whole = Array("before ".utf8) + echo + Array(" after".utf8)
            for split in 0...whole.count {
                var redactor = Redactor(patterns)
                let output =
                    redactor.push(Array(whole[..<split])) + redactor.push(Array(whole[split...])) + redactor.finish()
                #expect(!leaks(output, of: echo))
                #expect(output.holds(Redactor.blot))
                #expect(output.starts(with: Array("before ".utf8)))
                #expect(output.reversed().starts(with: Array(" after".utf8).reversed()))
            }
        }
    }

    @Test func `a redactor that forgets between chunks is found by the same check`() {
        let patterns = SecretForms(RedactorTests.secret).patterns
        let whole = Array("before ".utf8) + RedactorTests.secret
        let split = 7 + RedactorTests.secret.count / 2
        let forgetful =
            Redactor.redact(Array(whole[..<split]), patterns) + Redactor.redact(Array(whole[split...]), patterns)
        #expect(leaks(forgetful, of: RedactorTests.secret))
    }

    @Test func `what holds no secret comes through unchanged, byte by byte`() {
        let text = Array(String(repeating: "ntn_ almost, but no secret. ", count: 50).utf8)
        var redactor = Redactor(SecretForms(RedactorTests.secret).patterns)
        var output: [UInt8] = []
        for byte in text { output += redactor.push([byte]) }
        #expect(output + redactor.finish() == text)
    }

    @Test func `two secrets side by side are both blotted out`() {
        let patterns =
            SecretForms(Array("first-secret".utf8)).patterns + SecretForms(Array("second-secret".utf8)).patterns
        let output = Redactor.redact("first-secretsecond-secret", patterns)
        #expect(output == "[redacted][redacted]")
    }

    @Test func `live secrets are counted, so that none is forgotten early or kept for ever`() {
        let live = LiveSecrets()
        let forms = SecretForms(Array("first-secret".utf8))
        live.begin(forms)
        live.begin(forms)
        live.end(forms)
        #expect(live.redact("it is first-secret") == "it is [redacted]")
        live.end(forms)
        #expect(live.count == 0)
        #expect(live.redact("it is first-secret") == "it is first-secret")
    }

    @Test func `each of several secrets in use at once is live until its own use ends`() {
        let live = LiveSecrets()
        let all = ["", "first-secret", "second-secret"].map { SecretForms(Array($0.utf8)) }
        for forms in all { live.begin(forms) }
        #expect(live.redact("first-secret, second-secret") == "[redacted], [redacted]")
        live.end(all[1])
        #expect(live.redact("first-secret, second-secret") == "first-secret, [redacted]")
        live.end(all[0])
        live.end(all[2])
        #expect(live.count == 0)
    }
}

extension [UInt8] {
    fileprivate func holds(_ part: [UInt8]) -> Bool {
        guard count >= part.count else { return false }
        return (0...(count - part.count)).contains { Array(self[$0..<$0 + part.count]) == part }
    }
}
