import Glibc

extension String {
    /// Whether the part is in it, byte by byte: Swift's own search looks at characters, which takes a part of each run.
    func holds(_ part: String) -> Bool {
        withCString { text in part.withCString { strstr(text, $0) != nil } }
    }
}
