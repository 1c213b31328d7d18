import Authority
import Gate
import Wire

// How values that have no column of their own are written: as exact JSON, in an order that doesn't vary.

extension [String] {
    var stored: JSON { .array(map { .string($0) }) }

    init(stored text: String) throws {
        let json = try JSON.parse([UInt8](text.utf8))
        self = json.arrayValue?.compactMap(\.stringValue) ?? []
    }
}

extension [ProviderID: String] {
    var stored: JSON { .object(JSONObject(sorted { $0.key < $1.key }.map { ($0.key.raw, .string($0.value)) })) }

    init(stored text: String) throws {
        let members = try JSON.parse(Array(text.utf8)).objectValue?.members ?? []
        self = Dictionary(
            members.compactMap { member in member.value.stringValue.map { (ProviderID(member.key), $0) } },
            uniquingKeysWith: { first, _ in first })
    }
}

extension Set<Capability> {
    var stored: JSON {
        .array(
            map { [$0.provider.raw, $0.host, $0.effect.rawValue, $0.destinations.rawValue] }
                .sorted { $0.lexicographicallyPrecedes($1) }.map(\.stored))
    }

    init(stored text: String) throws {
        let items = try JSON.parse(Array(text.utf8)).arrayValue ?? []
        self = Set(
            try items.map { item in
                let parts = item.arrayValue?.compactMap(\.stringValue) ?? []
                guard parts.count == 4, let effect = Effect(rawValue: parts[2]),
                    let destinations = DestinationClass(rawValue: parts[3])
                else { throw StorageError(.corrupt, "an agreement can't be read") }
                return Capability(
                    provider: ProviderID(parts[0]), host: parts[1], effect: effect, destinations: destinations)
            })
    }
}

extension Labels {
    var stored: JSON {
        ["integrity": .string(integrity.name), "classes": classes.names.stored, "readers": readers.json]
    }

    init(stored text: String) throws {
        let json = try JSON.parse(Array(text.utf8))
        guard let integrity = json["integrity"]?.stringValue.flatMap(Integrity.init(name:)),
            let readers = json["readers"].flatMap(Readers.init(json:))
        else { throw StorageError(.corrupt, "a session's labels can't be read") }
        let names = json["classes"]?.arrayValue?.compactMap(\.stringValue) ?? []
        self.init(
            integrity: integrity, readers: readers,
            classes: DataClasses.named.filter { names.contains($0.name) }.reduce(into: []) { $0.formUnion($1.value) })
    }
}

extension Owner {
    var kind: String {
        switch self {
        case .person: "person"
        case .agent: "agent"
        case .organization: "organization"
        }
    }

    var name: String {
        switch self {
        case .person(let person): person.raw
        case .agent(let agent): agent.raw
        case .organization: ""
        }
    }
}

extension ConnectionHealth {
    var stored: String {
        switch self {
        case .healthy: "healthy"
        case .broken: "broken"
        case .revoked: "revoked"
        }
    }

    init(stored text: String) throws {
        switch text {
        case "healthy": self = .healthy
        case "broken": self = .broken
        case "revoked": self = .revoked
        default: throw StorageError(.corrupt, "a connection's health can't be read")
        }
    }
}
