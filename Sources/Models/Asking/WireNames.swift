/// The tools' names as model servers take them: letters, digits, `_` and `-`, 64 at most. A name that fits stays as it
/// is; every other one gets a name that no other has.
struct WireNames: Sendable, Hashable {
    static let longest = 64

    private var onWire: [String: String] = [:]
    private var originals: [String: String] = [:]

    init(_ names: [String]) {
        for name in names where Self.fits(name) { add(name, as: name) }
        for name in names where onWire[name] == nil {
            let plain = String(decoding: name.utf8.prefix(Self.longest - 4).map(Self.plain), as: UTF8.self)
            var candidate = plain.isEmpty ? "_" : plain
            var number = 2
            while originals[candidate] != nil {
                candidate = "\(plain)_\(number)"
                number += 1
            }
            add(name, as: candidate)
        }
    }

    private mutating func add(_ name: String, as wire: String) {
        onWire[name] = wire
        originals[wire] = name
    }

    subscript(name: String) -> String { onWire[name] ?? name }

    /// The name that was meant; one that no tool has stays as the model wrote it.
    func original(_ wire: String) -> String { originals[wire] ?? wire }

    /// Whether every model server takes this as a name or as an id.
    static func fits(_ text: String) -> Bool {
        (1...longest).contains(text.utf8.count) && text.utf8.allSatisfy { plain($0) == $0 }
    }

    private static func plain(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            byte
        case _: UInt8(ascii: "_")
        }
    }
}
