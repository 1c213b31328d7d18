public import Authority
public import Wire

extension Readers {
    /// `"organization"`, names, or `{"account": owner}`.
    public var json: JSON {
        switch self {
        case .organization: "organization"
        case .only(let people): .array(people.sorted().map { .string($0.raw) })
        case .account(let owner): ["account": .string(owner.raw)]
        }
    }

    public init?(json: JSON) {
        if let names = json.arrayValue {
            let people = names.compactMap(\.stringValue)
            guard people.count == names.count else { return nil }
            self = .only(Set(people.map { PersonID($0) }))
        } else if let owner = json["account"]?.stringValue {
            self = .account(of: PersonID(owner))
        } else {
            guard json == "organization" else { return nil }
            self = .organization
        }
    }
}
