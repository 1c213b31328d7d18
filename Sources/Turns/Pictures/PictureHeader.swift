/// What a picture's own bytes say of it. Nothing is decoded: these are numbers at known places.
struct PictureHeader: Sendable, Hashable {
    enum Kind: String, Sendable, CaseIterable {
        case png, jpeg, gif, webp

        var mediaType: String { "image/" + rawValue }
    }

    let kind: Kind
    /// Pixels.
    let width: Int
    let height: Int
    /// More than one picture, one after the other.
    let moves: Bool

    /// Nil for anything that doesn't begin as one of the four kinds do, and for one without an area.
    init?(_ bytes: [UInt8]) {
        let bytes = PictureBytes(bytes)
        guard let read = bytes.png ?? bytes.gif ?? bytes.webp ?? bytes.jpeg, read.width > 0, read.height > 0 else {
            return nil
        }
        self = read
    }

    fileprivate init(_ kind: Kind, _ width: Int, _ height: Int, moves: Bool = false) {
        self.kind = kind
        self.width = width
        self.height = height
        self.moves = moves
    }
}

/// Reads without ever reaching beyond the end.
private struct PictureBytes {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    private func byte(_ place: Int) -> Int? { bytes.indices.contains(place) ? Int(bytes[place]) : nil }

    private func number(_ places: [Int]) -> Int? {
        var number = 0
        for place in places {
            guard let byte = byte(place) else { return nil }
            number = number << 8 | byte
        }
        return number
    }

    private func has(_ text: String, at place: Int) -> Bool {
        bytes.dropFirst(place).prefix(text.utf8.count).elementsEqual(text.utf8)
    }

    /// https://www.w3.org/TR/png-3/#11IHDR, and `acTL` before the first data for one that moves.
    var png: PictureHeader? {
        guard bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]), has("IHDR", at: 12),
            let width = number([16, 17, 18, 19]), let height = number([20, 21, 22, 23])
        else { return nil }
        var place = 8
        while let length = number([place, place + 1, place + 2, place + 3]), !has("IDAT", at: place + 4) {
            if has("acTL", at: place + 4) { return PictureHeader(.png, width, height, moves: true) }
            place += 12 + length
        }
        return PictureHeader(.png, width, height)
    }

    /// https://www.w3.org/Graphics/GIF/spec-gif89a.txt
    var gif: PictureHeader? {
        guard has("GIF87a", at: 0) || has("GIF89a", at: 0), let width = number([7, 6]), let height = number([9, 8]),
            let flags = byte(10)
        else { return nil }
        var place = 13 + table(flags)
        var pictures = 0
        while let introducer = byte(place), introducer != 0x3B, pictures < 2 {
            switch introducer {
            case 0x21: place = afterBlocks(from: place + 2)
            case 0x2C:
                pictures += 1
                place = afterBlocks(from: place + 11 + table(byte(place + 9) ?? 0))
            case _: place = bytes.count
            }
        }
        return PictureHeader(.gif, width, height, moves: pictures > 1)
    }

    /// Bytes of a table of colours.
    private func table(_ flags: Int) -> Int { flags & 0x80 == 0 ? 0 : 3 << ((flags & 7) + 1) }

    private func afterBlocks(from start: Int) -> Int {
        var place = start
        while let length = byte(place), length > 0 { place += length + 1 }
        return place + 1
    }

    /// https://developers.google.com/speed/webp/docs/riff_container
    var webp: PictureHeader? {
        guard has("RIFF", at: 0), has("WEBP", at: 8) else { return nil }
        if has("VP8 ", at: 12), let width = number([27, 26]), let height = number([29, 28]) {
            return PictureHeader(.webp, width & 0x3FFF, height & 0x3FFF)
        }
        if has("VP8L", at: 12), byte(20) == 0x2F, let bits = number([24, 23, 22, 21]) {
            return PictureHeader(.webp, bits & 0x3FFF + 1, bits >> 14 & 0x3FFF + 1)
        }
        if has("VP8X", at: 12), let flags = byte(20), let width = number([26, 25, 24]),
            let height = number([29, 28, 27])
        {
            return PictureHeader(.webp, width + 1, height + 1, moves: flags & 2 != 0)
        }
        return nil
    }

    /// ITU T.81, annex B: segments until that of a frame.
    var jpeg: PictureHeader? {
        guard bytes.starts(with: [0xFF, 0xD8, 0xFF]) else { return nil }
        var place = 2
        while byte(place) == 0xFF, let marker = byte(place + 1) {
            switch marker {
            case 0xFF: place += 1
            case 0x01, 0xD0...0xD7: place += 2
            case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:
                guard let height = number([place + 5, place + 6]), let width = number([place + 7, place + 8]) else {
                    return nil
                }
                return PictureHeader(.jpeg, width, height)
            case 0xD8, 0xD9, 0xDA: return nil
            case _:
                guard let length = number([place + 2, place + 3]), length >= 2 else { return nil }
                place += 2 + length
            }
        }
        return nil
    }
}
