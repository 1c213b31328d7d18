import Foundation
import Wire

/// The words of a text as the store holds them: each as a keyed hash, under a key that its partition alone has. Whoever has
/// the database sees which entries of one partition share words, and no word; across partitions not even that.
enum MemoryWords {
    /// Distinct ones of one entry; what comes after isn't found by.
    static let most = 512
    /// Scalars of a word that count.
    private static let longest = 64

    static func index(of text: String, under key: [UInt8]) -> Set<String> {
        Set(words(of: text).map { hidden($0, under: key) })
    }

    /// Distinct, in their order, without case and accents: what stands between letters and digits parts them.
    static func words(of text: String) -> [String] {
        let folded = text.folding(
            options: [.caseInsensitive, .diacriticInsensitive, .widthInsensitive], locale: nil)
        var seen: Set<String> = []
        var words: [String] = []
        for part in folded.split(whereSeparator: { !$0.isLetter && !$0.isNumber }) {
            let word = String(String.UnicodeScalarView(part.unicodeScalars.prefix(longest)))
            if seen.insert(word).inserted { words.append(word) }
            if words.count == most { break }
        }
        return words
    }

    /// Letters alone, so that no index takes it for a number.
    private static func hidden(_ word: String, under key: [UInt8]) -> String {
        var text = ""
        for byte in Digest.hmac(of: Array(word.utf8), key: key).bytes.prefix(16) {
            for half in [byte >> 4, byte & 15] { text.unicodeScalars.append(Unicode.Scalar(UInt8(ascii: "a") + half)) }
        }
        return text
    }
}
