import Authority
import Gate
import Turns

/// What agents remember, in memory.
struct MemoriesState: Sendable {
    var places: Set<MemoryPlace> = []
    var entries: [MemoryID: MemoryEntry] = [:]
}

extension MemoryState {
    mutating func apply(memory change: MemoryChange) throws(CommitError) {
        switch change {
        case .open(let place):
            guard remembered.places.insert(place).inserted else { throw .exists(place.partition.raw) }
        case .add(let entry):
            guard remembered.entries[entry.id] == nil, remembered.places.contains(entry.place) else {
                throw .exists(entry.id.raw)
            }
            remembered.entries[entry.id] = entry
        case .correct(let entry):
            guard let before = remembered.entries[entry.id], before.place == entry.place,
                before.version == entry.version - 1
            else { throw .exists(entry.id.raw) }
            payloads[before.payload] = nil
            remembered.entries[entry.id] = entry
        case .forget(let entry):
            guard let before = remembered.entries[entry.id], before.place == entry.place,
                before.version == entry.version
            else { throw .exists(entry.id.raw) }
            payloads[before.payload] = nil
            remembered.entries[entry.id] = nil
        }
    }

    mutating func eraseMemory(of person: PersonID, in organization: OrganizationID, withWritten: Bool) {
        for entry in remembered.entries.values where entry.place.organization == organization {
            guard entry.about == person || withWritten && entry.writer == person else { continue }
            payloads[entry.payload] = nil
            remembered.entries[entry.id] = nil
        }
        for place in remembered.places where place.organization == organization && place.person == person {
            payloads[place.keyPayload] = nil
            remembered.places.remove(place)
        }
    }
}
