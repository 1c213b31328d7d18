/// A string as a dictionary key that is compared by its bytes. `String` itself holds `é` equal to `e` with an accent
/// behind it, which would make two different JSON keys one.
struct ExactString: Hashable {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    static func == (left: ExactString, right: ExactString) -> Bool {
        left.text.hasSameBytes(as: right.text)
    }

    func hash(into hasher: inout Hasher) {
        // ASCII has one spelling for each text, so the fast hash of `String` already agrees with the bytes.
        if text.utf8Span.isKnownASCII {
            hasher.combine(text)
        } else {
            for byte in text.utf8 {
                hasher.combine(byte)
            }
        }
    }
}

extension String {
    /// Whether both have the same UTF-8 bytes.
    func hasSameBytes(as other: String) -> Bool {
        guard utf8.count == other.utf8.count, self == other else { return false }
        return utf8Span.isKnownASCII || utf8.elementsEqual(other.utf8)
    }
}
