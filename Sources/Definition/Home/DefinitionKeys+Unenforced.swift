public import Wire

extension DefinitionKeys {
    /// The keys that this value holds and nothing enforces yet, each once. What stands inside such a key goes with it.
    ///
    /// - Parameter place: what the value is.
    public static func unenforced(in value: JSON, at place: Place) -> [Key] {
        var found: [Key] = []
        for key in keys(of: place) {
            guard let held = value[key.name] else { continue }
            switch key.standing {
            case .kept:
                found.append(key)
                continue
            case .enforced, .note: break
            }
            guard let inner = Place.allCases.first(where: { $0.holder == key.path }) else { continue }
            for item in held.arrayValue ?? [held] { found += unenforced(in: item, at: inner) }
        }
        return found.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
}

extension DefinitionKeys.Place {
    /// The path of the key that holds such objects.
    fileprivate var holder: String { rawValue.hasSuffix("[]") ? String(rawValue.dropLast(2)) : rawValue }
}
