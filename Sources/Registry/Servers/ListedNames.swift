/// The names of a list of tools, each read once: a list may be long, and is a stranger's.
struct ListedNames {
    private var counts: [String: Int] = [:]
    /// Of names that look alike, the first two.
    private var alike: [String: (first: String, second: String?)] = [:]

    init(_ names: [String]) {
        for name in names {
            counts[name, default: 0] += 1
            guard counts[name] == 1 else { continue }
            let look = ToolPinning.skeleton(name)
            if let known = alike[look] {
                if known.second == nil { alike[look] = (known.first, name) }
            } else {
                alike[look] = (name, nil)
            }
        }
    }

    /// Another name that looks like this one.
    func twin(of name: String) -> String? {
        guard let found = alike[ToolPinning.skeleton(name)] else { return nil }
        return found.first == name ? found.second : found.first
    }

    func isTwice(_ name: String) -> Bool { counts[name, default: 0] > 1 }
}
