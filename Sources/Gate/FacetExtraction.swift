import Authority
import Wire

/// Takes facets from validated arguments, by role.
struct FacetExtraction {
    let roles: [String: Role]

    /// Where the call would send something, as it says so itself.
    func destinations(in arguments: JSONObject) -> [String] {
        arguments.members.flatMap { name, value in roles[name] == .destination ? texts(in: value) : [] }
    }

    /// - Parameter people: the organization's own, by address in lower case. Whatever isn't theirs is outside.
    func facets(of arguments: JSONObject, among people: [String: PersonID]) -> Facets {
        var facets = Facets()
        facets.destinations = destinations(in: arguments).map { text in
            people[text.lowercased()].map(Destination.insider) ?? .outsider(text)
        }
        for (name, value) in arguments.members {
            guard let role = roles[name] else {
                facets.unexplained.append(name)
                continue
            }
            switch role {
            case .subject:
                facets.subject = value.stringValue ?? value.text
            case .destination, .selector, .content, .time, .count, .host, .path, .amount:
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
