import Testing
import Wire

@Suite struct `JSON pointers` {
    /// The examples of RFC 6901 section 5.
    static let places: [(String, JSON)] = [
        ("/foo", ["bar", "baz"]), ("/foo/0", "bar"), ("/", 0), ("/a~1b", 1), ("/c%d", 2), ("/e^f", 3), ("/g|h", 4),
        ("/i\\j", 5),
        ("/k\"l", 6), ("/ ", 7), ("/m~0n", 8),
    ]
    let document: JSON = [
        "foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, "k\"l": 6, " ": 7, "m~n": 8,
    ]

    @Test(arguments: places) func `a pointer finds its value`(_ text: String, _ value: JSON) throws {
        let pointer = try #require(JSONPointer(text))
        #expect(document.value(at: pointer) == value)
        #expect(pointer.description == text)
    }

    @Test func `the empty pointer is the whole`() {
        #expect(document.value(at: .root) == document)
        #expect(JSONPointer("") == .root)
        #expect(JSONPointer.root.description == "")
    }

    @Test(arguments: ["/foo/2", "/foo/00", "/foo/-", "/foo/+1", "/foo/-0", "/foo/", "/bar", "/foo/0/x", "//"])
    func `what isn't there is nil`(_ text: String) throws {
        #expect(document.value(at: try #require(JSONPointer(text))) == nil)
    }

    @Test(arguments: ["foo", "/~", "/~2", "/a~", "#/foo"]) func `a broken pointer is refused`(_ text: String) {
        #expect(JSONPointer(text) == nil)
    }

    @Test func `steps are added`() {
        #expect(JSONPointer.root.appending("a/b").appending(3).appending("~").description == "/a~1b/3/~0")
    }
}
