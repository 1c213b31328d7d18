import Glibc

/// Blots out patterns in a stream of bytes, wherever the chunks break.
struct Redactor {
    static let blot = Array("[redacted]".utf8)

    private let patterns: [[UInt8]]
    private let longest: Int
    private var held: [UInt8] = []

    init(_ patterns: [[UInt8]]) {
        self.patterns = patterns
        longest = patterns.map(\.count).max() ?? 0
    }

    /// What is certain so far. The rest is held back until more comes, because a pattern may have begun in it.
    mutating func push(_ chunk: [UInt8]) -> [UInt8] {
        guard longest > 0 else { return chunk }
        held += chunk
        return take(all: false)
    }

    mutating func finish() -> [UInt8] { take(all: true) }

    /// A whole text at once.
    static func redact(_ bytes: [UInt8], _ patterns: [[UInt8]]) -> [UInt8] {
        var redactor = Redactor(patterns)
        return redactor.push(bytes) + redactor.finish()
    }

    static func redact(_ text: String, _ patterns: [[UInt8]]) -> String {
        String(decoding: redact(Array(text.utf8), patterns), as: UTF8.self)
    }

    private mutating func take(all: Bool) -> [UInt8] {
        var output: [UInt8] = []
        var start = 0
        while let (position, length) = earliest(from: start) {
            // A longer pattern may still begin here, when its end hasn't come yet.
            if !all, position + longest > held.count { break }
            output += held[start..<position]
            output += Redactor.blot
            start = position + length
        }
        let end = all ? held.count : max(start, held.count - (longest - 1))
        let safe = all ? end : min(end, earliest(from: start)?.position ?? end)
        output += held[start..<max(start, safe)]
        held.removeFirst(max(start, safe))
        return output
    }

    /// The first place where a pattern stands, and the longest pattern that stands there.
    private func earliest(from start: Int) -> (position: Int, length: Int)? {
        var best: (position: Int, length: Int)?
        held.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, start < bytes.count else { return }
            for pattern in patterns {
                guard let position = Redactor.find(pattern, in: base, from: start, to: bytes.count) else { continue }
                if best.map({ position < $0.position || (position == $0.position && pattern.count > $0.length) })
                    ?? true
                {
                    best = (position, pattern.count)
                }
            }
        }
        return best
    }

    /// The C library's scan for the first byte is what makes this fast.
    private static func find(_ pattern: [UInt8], in base: UnsafeRawPointer, from start: Int, to end: Int) -> Int? {
        var position = start
        while position + pattern.count <= end {
            guard let hit = memchr(base + position, Int32(pattern[0]), end - pattern.count - position + 1) else {
                return nil
            }
            position = UnsafeRawPointer(hit) - base
            if memcmp(hit, pattern, pattern.count) == 0 { return position }
            position += 1
        }
        return nil
    }
}
