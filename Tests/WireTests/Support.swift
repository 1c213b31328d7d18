import Wire

/// A small seeded generator (SplitMix64), so that a failure can be run again.
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension JSON {
    /// A generated value; every shape, every kind of string and number comes up.
    static func random(_ source: inout Seeded, depth: Int = 4) -> JSON {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &source) {
        case 0: .null
        case 1: .bool(Bool.random(using: &source))
        case 2: .number(JSONNumber.random(&source))
        case 3, 4: .string(String.random(&source))
        case 5: .array((0..<Int.random(in: 0..<6, using: &source)).map { _ in random(&source, depth: depth - 1) })
        case _:
            .object(
                JSONObject(
                    (0..<Int.random(in: 0..<20, using: &source)).map { _ in
                        (String.random(&source), random(&source, depth: depth - 1))
                    }))
        }
    }
}

extension JSONNumber {
    static func random(_ source: inout Seeded) -> JSONNumber {
        let texts = ["0", "-0", "1.0", "1e2", "-1.5E-10", "123456789012345678901234567890", "0.1", "1E+400"]
        guard Bool.random(using: &source) else {
            return JSONNumber(texts.randomElement(using: &source) ?? "0") ?? JSONNumber(0)
        }
        return JSONNumber(Int64.random(in: .min ... .max, using: &source))
    }
}

extension String {
    static func random(_ source: inout Seeded) -> String {
        let ranges: [ClosedRange<UInt32>] = [
            0x00...0x1F, 0x20...0x7F, 0x61...0x7A, 0x80...0x7FF, 0x800...0xD7FF, 0xE000...0xFFFF, 0x10000...0x10FFFF,
        ]
        var scalars = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0..<24, using: &source) {
            let range = ranges[Int.random(in: 0..<ranges.count, using: &source)]
            if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &source)) { scalars.append(scalar) }
        }
        return String(scalars)
    }
}

/// The error code with which a text is refused; nil when it is taken.
func refusal(of bytes: [UInt8], limits: JSONLimits = .message) -> JSONError.Code? {
    do throws(JSONError) {
        _ = try JSON.parse(bytes, limits: limits)
        return nil
    } catch {
        return error.code
    }
}

/// The error code with which a text is refused; nil when it is taken.
func refusal(of text: String, limits: JSONLimits = .message) -> JSONError.Code? {
    refusal(of: Array(text.utf8), limits: limits)
}
