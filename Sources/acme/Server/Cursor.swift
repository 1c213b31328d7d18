import Foundation

/// Opaque page cursors that hold an offset.
enum Cursor {
    static func after(_ offset: Int) -> String {
        Data("next:\(offset)".utf8).base64EncodedString()
    }

    static func offset(_ cursor: String) -> Int? {
        guard let data = Data(base64Encoded: cursor) else { return nil }
        let text = String(decoding: data, as: UTF8.self)
        return text.hasPrefix("next:") ? Int(text.dropFirst(5)) : nil
    }

    /// One page of `values` and the cursor of the next, nil after the last.
    static func page<Value>(_ values: [Value], from offset: Int, size: Int) -> (page: [Value], next: String?) {
        let page = Array(values.dropFirst(offset).prefix(size))
        let end = offset + page.count
        return (page, end < values.count ? after(end) : nil)
    }
}
