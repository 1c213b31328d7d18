import Turns
import Wire

/// A form with files, as browsers send it (RFC 7578). What could be read in two ways is none.
struct MultipartForm {
    private(set) var fields: [String: String] = [:]
    private(set) var files: [InboundFile] = []

    private static let mostParts = 20
    private static let longestHead = 4_096

    init?(_ body: [UInt8], contentType: String) {
        guard let boundary = Self.boundary(contentType) else { return nil }
        let mark = Array("\r\n--\(boundary)".utf8)
        // The first line has no end before it.
        var rest = (Array("\r\n".utf8) + body)[...]
        guard rest.starts(with: mark) else { return nil }
        rest = rest.dropFirst(mark.count)
        var parts = 0
        while !rest.starts(with: "--".utf8) {
            guard rest.starts(with: "\r\n".utf8), parts < Self.mostParts else { return nil }
            rest = rest.dropFirst(2)
            guard let headEnd = Self.find(Array("\r\n\r\n".utf8), in: rest.prefix(Self.longestHead)),
                let end = Self.find(mark, in: rest[(headEnd + 2)...])
            else { return nil }
            guard take(rest[..<headEnd], end >= headEnd + 4 ? rest[(headEnd + 4)..<end] : []) else { return nil }
            rest = rest[(end + mark.count)...]
            parts += 1
        }
    }

    /// Whether a part was read.
    private mutating func take(_ head: ArraySlice<UInt8>, _ content: ArraySlice<UInt8>) -> Bool {
        guard let text = String(validating: head, as: UTF8.self) else { return false }
        var disposition: [String: String]?
        var type = "application/octet-stream"
        for line in text.split(separator: "\r\n", omittingEmptySubsequences: false) {
            guard let colon = line.firstIndex(of: ":") else { return false }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            switch line[..<colon].lowercased() {
            case "content-disposition":
                guard disposition == nil else { return false }
                disposition = Self.disposition(value)
                if disposition == nil { return false }
            case "content-type": type = String(value)
            case _: continue
            }
        }
        guard let disposition, let name = disposition["name"] else { return false }
        guard let fileName = disposition["filename"] else {
            guard let value = String(validating: content, as: UTF8.self) else { return false }
            return fields.updateValue(value, forKey: name) == nil
        }
        // A browser sends this where no file was chosen.
        if fileName.isEmpty, content.isEmpty { return true }
        files.append(InboundFile(name: fileName, mediaType: type, bytes: Array(content)))
        return true
    }

    private static func boundary(_ contentType: String) -> String? {
        let parts = contentType.split(separator: ";", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "multipart/form-data" else { return nil }
        var value = parts[1].drop { $0 == " " }
        guard value.lowercased().hasPrefix("boundary=") else { return nil }
        value = value.dropFirst("boundary=".count)
        if value.first == "\"", value.last == "\"", value.count > 2 { value = value.dropFirst().dropLast() }
        let isPlain = value.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "'+_-".utf8.contains(byte)
        }
        return isPlain && (1...70).contains(value.utf8.count) ? String(value) : nil
    }

    /// `form-data; name="…"; filename="…"`, where a quote is `%22` and a line's end `%0D%0A`.
    private static func disposition(_ value: Substring) -> [String: String]? {
        guard value.hasPrefix("form-data") else { return nil }
        var parameters: [String: String] = [:]
        var rest = value.dropFirst("form-data".count)
        while !rest.isEmpty {
            guard rest.hasPrefix(";") else { return nil }
            rest = rest.dropFirst().drop { $0 == " " }
            guard let equals = rest.firstIndex(of: "=") else { return nil }
            let name = String(rest[..<equals])
            rest = rest[rest.index(after: equals)...]
            guard rest.first == "\"", let end = rest.dropFirst().firstIndex(of: "\"") else { return nil }
            let text = rest[rest.index(after: rest.startIndex)..<end]
            guard ["name", "filename"].contains(name), parameters.updateValue(String(text), forKey: name) == nil else {
                return nil
            }
            rest = rest[rest.index(after: end)...]
        }
        return parameters
    }

    private static func find(_ needle: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.count >= needle.count, let first = needle.first else { return nil }
        var index = bytes.startIndex
        let last = bytes.endIndex - needle.count
        while index <= last {
            if bytes[index] == first, bytes[index..<(index + needle.count)].elementsEqual(needle) { return index }
            index += 1
        }
        return nil
    }
}
