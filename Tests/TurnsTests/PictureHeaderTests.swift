import Testing

@testable import Turns

/// The beginnings of pictures, as their standards have them.
enum Pictures {
    static let png = png(640, 480)

    static func png(_ width: Int, _ height: Int, before data: String? = nil) -> [UInt8] {
        let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        let header = chunk("IHDR", big(width) + big(height) + [8, 0, 0, 0, 0])
        return signature + header + (data.map { chunk($0, [0, 0, 0, 2, 0, 0, 0, 0]) } ?? []) + chunk("IDAT", [1, 2, 3])
    }

    static func jpeg(_ width: Int, _ height: Int, frame: UInt8 = 0xC2) -> [UInt8] {
        let size = Array(big(height).suffix(2) + big(width).suffix(2))
        return [0xFF, 0xD8, 0xFF, 0xE0, 0, 6, 74, 70, 73, 70, 0xFF, 0xFF, 0xDB, 0, 3, 9, 0xFF, frame, 0, 11, 8] + size
            + [1, 1, 0x11, 0]
    }

    static func gif(_ width: Int, _ height: Int, pictures: Int = 1) -> [UInt8] {
        let screen = Array("GIF89a".utf8) + little(width, 2) + little(height, 2) + [0x80, 0, 0] + [0, 0, 0, 9, 9, 9]
        let comment: [UInt8] = [0x21, 0xFE, 2, 0x2C, 0x2C, 0]
        let picture: [UInt8] = [0x2C, 0, 0, 0, 0] + little(width, 2) + little(height, 2) + [0, 2, 2, 0x4C, 1, 0]
        return screen + comment + (0..<pictures).flatMap { _ in picture } + [0x3B]
    }

    static func webp(_ kind: String, _ body: [UInt8]) -> [UInt8] {
        Array("RIFF".utf8) + little(body.count + 12, 4) + Array("WEBP".utf8) + Array(kind.utf8) + little(body.count, 4)
            + body
    }

    static func big(_ number: Int) -> [UInt8] { little(number, 4).reversed() }

    static func little(_ number: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    private static func chunk(_ kind: String, _ data: [UInt8]) -> [UInt8] {
        big(data.count) + Array(kind.utf8) + data + [0, 0, 0, 0]
    }

    static let all: [(bytes: [UInt8], type: String, width: Int, height: Int)] = [
        (png(640, 480), "image/png", 640, 480), (jpeg(1200, 3), "image/jpeg", 1200, 3),
        (jpeg(7, 60_000, frame: 0xC0), "image/jpeg", 7, 60_000), (gif(2, 300), "image/gif", 2, 300),
        (webp("VP8 ", [0, 0, 0, 0x9D, 1, 0x2A] + little(500, 2) + little(0x4000 | 90, 2)), "image/webp", 500, 90),
        (webp("VP8L", [0x2F] + little(499 | 89 << 14, 4)), "image/webp", 500, 90),
        (webp("VP8X", [0, 0, 0, 0] + little(69_999, 3) + little(0, 3)), "image/webp", 70_000, 1),
    ]
}

struct PictureHeaderTests {
    @Test(arguments: Pictures.all.indices)
    func `a picture is what its bytes say, with its size`(index: Int) throws {
        let picture = Pictures.all[index]
        let header = try #require(PictureHeader(picture.bytes))
        #expect((header.kind.mediaType, header.width, header.height) == (picture.type, picture.width, picture.height))
        #expect(!header.moves)
    }

    @Test func `one that moves says so`() {
        #expect(PictureHeader(Pictures.gif(2, 3, pictures: 2))?.moves == true)
        #expect(PictureHeader(Pictures.png(2, 3, before: "acTL"))?.moves == true)
        #expect(PictureHeader(Pictures.png(2, 3, before: "tEXt"))?.moves == false)
        let flags: [UInt8] = [2, 0, 0, 0]
        #expect(PictureHeader(Pictures.webp("VP8X", flags + [1, 0, 0, 1, 0, 0]))?.moves == true)
    }

    @Test(arguments: Pictures.all.indices)
    func `a part of one, or one with other bytes, is read to its end and no further`(index: Int) {
        let whole = Pictures.all[index].bytes
        for length in whole.indices { _ = PictureHeader(Array(whole.prefix(length))) }
        #expect(PictureHeader(Array(whole.prefix(9))) == nil)
        for place in whole.indices {
            for byte: UInt8 in [0, 1, 0x7F, 0x80, 0xFF] {
                var other = whole
                other[place] = byte
                _ = PictureHeader(other)
            }
        }
    }

    @Test func `what is no picture, or has no area, is none`() {
        for bytes in [
            [], Array("hello".utf8), Array("<svg xmlns='http://www.w3.org/2000/svg'/>".utf8), Array("%PDF-1.7".utf8),
            Array("GIF89".utf8), [0xFF, 0xD8], [0xFF, 0xD8, 0xFF, 0xD9], Pictures.png(0, 5), Pictures.gif(5, 0),
            Pictures.webp("XXXX", [UInt8](repeating: 9, count: 20)),
        ] { #expect(PictureHeader(bytes) == nil) }
    }
}
