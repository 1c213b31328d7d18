import Authority
import Wire

/// Takes facets from validated arguments, by role.
struct FacetExtraction {
    let roles: [String: Role]
    let directory: Directory

    func facets(of arguments: JSONObject) -> Facets {
        var facets = Facets()
        for (name, value) in arguments.members {
            guard let role = roles[name] else {
                facets.unexplained.append(name)
                continue
            }
            switch role {
            case .destination:
                facets.destinations += texts(in: value).map(directory.destination)
            case .subject:
                facets.subject = value.stringValue ?? value.text
            case .selector, .content, .time, .count, .host, .path, .amount:
                continue
            }
        }
        return facets
    }

    /// Every text in the value: an address, a list of them, or the parts of an object. What isn't text is its JSON,
    /// which no directory knows, so it counts as outside.
    private func texts(in value: JSON) -> [String] {
        switch value {
        case .string(let text): [text]
        case .array(let items): items.flatMap(texts)
        case .object(let object): object.members.flatMap { texts(in: $0.value) }
        case .null, .bool, .number: [value.text]
        }
    }
}
