import Wire

/// What a protected resource says of the token that it wants (RFC 6750 section 3, RFC 9728 section 5.1).
public struct BearerChallenge: Sendable, Hashable {
    /// Where the resource describes itself, as it came: an address to be checked before it is asked.
    public let metadata: String?
    /// Nil when the resource names none.
    public let scopes: Set<String>?
    public let error: String?
    /// What the owner's next sign-in has to satisfy, as the resource says it: the text of a JSON object, which is handed back as
    /// it came (learn.microsoft.com/entra/identity-platform/claims-challenge). Nil where nothing of the kind can be read.
    public let claims: String?

    /// The token is good, and its owner has to sign in anew: another by the same grant would be refused too.
    public var wantsSignIn: Bool { error == BearerChallenge.insufficientClaims }

    public static let insufficientClaims = "insufficient_claims"

    /// Nil when no challenge is a bearer's, or one can't be read: nothing is guessed of it.
    ///
    /// - Parameter header: the value of `WWW-Authenticate`; several of them are joined with commas.
    public init?(_ header: String) {
        guard header.utf8.count <= 8_000, let challenges = ChallengeReader(header).challenges(),
            let bearer = challenges.first(where: { $0.scheme == "bearer" })
        else { return nil }
        metadata = bearer.parameters["resource_metadata"]
        error = bearer.parameters["error"]
        claims = bearer.parameters["claims"].flatMap { Base64.decode($0) ?? Base64.decodeURL($0) }
            .flatMap { TokenFailure.claims(String(decoding: $0, as: UTF8.self)) }
        guard let text = bearer.parameters["scope"] else {
            scopes = nil
            return
        }
        guard let read = Scopes.read(text) else { return nil }
        scopes = read
    }
}

/// Scopes as a list of RFC 6749 section 3.3.
public enum Scopes {
    /// Nil for what isn't such a list: other characters, or more than anybody needs.
    public static func read(_ text: String) -> Set<String>? {
        let words = text.split(separator: " ").map(String.init)
        guard words.count <= 100, words.allSatisfy(isOne) else { return nil }
        return Set(words)
    }

    public static func isOne(_ word: String) -> Bool {
        (1...200).contains(word.utf8.count)
            && word.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }
    }
}

/// Reads `WWW-Authenticate` (RFC 9110 section 11.6.1).
private struct ChallengeReader {
    struct Challenge {
        let scheme: String
        var parameters: [String: String] = [:]
    }

    private let bytes: [UInt8]
    private var at = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    /// Nil when the header can't be read to its end, or says something twice.
    func challenges() -> [Challenge]? {
        var reader = self
        var found: [Challenge] = []
        while true {
            reader.skip(while: { $0 == 0x20 || $0 == 0x09 || $0 == 0x2C })
            guard reader.at < bytes.count else { return found }
            guard let word = reader.token() else { return nil }
            reader.skip(while: { $0 == 0x20 || $0 == 0x09 })
            guard reader.next == UInt8(ascii: "=") else {
                found.append(Challenge(scheme: word.lowercased()))
                continue
            }
            reader.at += 1
            reader.skip(while: { $0 == 0x20 || $0 == 0x09 || $0 == 0x3D })
            guard !found.isEmpty else { return nil }
            // The end of a scheme's credentials has no value of its own.
            let value = reader.next == nil || reader.next == 0x2C ? "" : reader.value()
            guard let value, found[found.count - 1].parameters.updateValue(value, forKey: word.lowercased()) == nil
            else { return nil }
        }
    }

    private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

    private mutating func skip(while isSkipped: (UInt8) -> Bool) {
        while let byte = next, isSkipped(byte) { at += 1 }
    }

    private mutating func token() -> String? {
        let start = at
        skip { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "!#$%&'*+-.^_`|~/".utf8.contains(byte)
            }
        }
        return at == start ? nil : String(decoding: bytes[start..<at], as: UTF8.self)
    }

    private mutating func value() -> String? {
        guard next == UInt8(ascii: "\"") else { return token() }
        at += 1
        var text: [UInt8] = []
        while let byte = next {
            at += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = next else { return nil }
                text.append(escaped)
                at += 1
            case 0x20...0x7E, 0x09: text.append(byte)
            default: return nil
            }
        }
        return nil
    }
}
