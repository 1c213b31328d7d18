extension JSON {
    /// Reads one I-JSON text (RFC 8259 within the limits of RFC 7493): UTF-8 without a byte order mark, every key once
    /// in its object after unescaping, no lone surrogates, no raw control characters in strings, nothing after the
    /// value.
    ///
    /// Noncharacters are taken; numbers of any size are taken, as text. Throws the first fault with its place.
    public static func parse(_ bytes: some Collection<UInt8>, limits: JSONLimits = .message) throws(JSONError) -> JSON {
        let result = bytes.withContiguousStorageIfAvailable { read($0, limits) }
        if let result { return try result.get() }
        return try Array(bytes).withUnsafeBufferPointer { read($0, limits) }.get()
    }

    /// Reads one I-JSON text; as for bytes.
    public static func parse(_ text: String, limits: JSONLimits = .message) throws(JSONError) -> JSON {
        try parse(text.utf8, limits: limits)
    }

    private static func read(_ bytes: UnsafeBufferPointer<UInt8>, _ limits: JSONLimits) -> Result<JSON, JSONError> {
        Result { () throws(JSONError) in
            var reader = JSONReader(bytes, limits)
            return try reader.text()
        }
    }
}
