/// The members of a JSON object: every key once, in the order in which they came.
///
/// Two objects are equal when they have equal members in any order. Looking up costs a short scan while there are few
/// members and one hash beyond; removing costs time in proportion to the number of members.
public struct JSONObject: Sendable {
    /// The members in their order.
    public private(set) var members: [(key: String, value: JSON)]
    /// Where each key stands; kept once there are more members than a scan is good for.
    private var places: [ExactString: Int]?

    private static let scanned = 12

    /// No members.
    public init() {
        members = []
        places = nil
    }

    /// The given members; of two with one key the later one's value wins, in the earlier one's place.
    public init(_ members: some Sequence<(String, JSON)>) {
        self.init()
        for (key, value) in members {
            self[key] = value
        }
    }

    /// The number of members.
    public var count: Int { members.count }

    /// Whether there are no members.
    public var isEmpty: Bool { members.isEmpty }

    /// The keys in their order.
    public var keys: [String] { members.map(\.key) }

    /// The value of `key`; setting nil removes the member, setting a value keeps an existing member's place.
    public subscript(key: String) -> JSON? {
        get {
            guard let place = place(of: key) else { return nil }
            return members[place].value
        }
        set {
            guard let place = place(of: key) else {
                if let newValue { append(key, newValue) }
                return
            }
            if let newValue {
                members[place].value = newValue
            } else {
                members.remove(at: place)
                places = nil
                indexIfLarge()
            }
        }
    }

    /// Adds a member unless its key is there already; whether it was added.
    mutating func insertNew(_ key: String, _ value: JSON) -> Bool {
        guard place(of: key) == nil else { return false }
        append(key, value)
        return true
    }

    private func place(of key: String) -> Int? {
        if let places { return places[ExactString(key)] }
        for place in members.indices where members[place].key.hasSameBytes(as: key) {
            return place
        }
        return nil
    }

    private mutating func append(_ key: String, _ value: JSON) {
        if members.isEmpty { members.reserveCapacity(4) }
        members.append((key, value))
        if places != nil {
            places?[ExactString(key)] = members.count - 1
        } else {
            indexIfLarge()
        }
    }

    private mutating func indexIfLarge() {
        guard members.count > Self.scanned else { return }
        var places: [ExactString: Int] = [:]
        places.reserveCapacity(members.count * 2)
        for (place, member) in members.enumerated() {
            places[ExactString(member.key)] = place
        }
        self.places = places
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// The members in the written order; of two with one key the later one's value wins.
    public init(dictionaryLiteral elements: (String, JSON)...) {
        self.init(elements)
    }
}

extension JSONObject: Hashable {
    /// Equal members in any order.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        guard left.count == right.count else { return false }
        for (place, member) in left.members.enumerated() {
            // Mostly both come from one source and stand in one order.
            let other = right.members[place]
            if member.key.hasSameBytes(as: other.key) {
                guard member.value == other.value else { return false }
            } else {
                guard let value = right[member.key], value == member.value else { return false }
            }
        }
        return true
    }

    /// Agrees with `==`.
    public func hash(into hasher: inout Hasher) {
        var sum = 0
        for (key, value) in members {
            var member = Hasher()
            member.combine(ExactString(key))
            member.combine(value)
            sum ^= member.finalize()
        }
        hasher.combine(count)
        hasher.combine(sum)
    }
}
