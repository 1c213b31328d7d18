extension ModelHTTPAnswer {
    /// With the wait that the headers ask for: `retry-after-ms`, else `retry-after` in seconds, rounded up. A date says
    /// nothing here.
    ///
    /// - Parameter header: the value of the header with this name, in lower case.
    public init(status: Int, body: [UInt8], header: (String) -> String?) {
        let milliseconds = header("retry-after-ms").flatMap(Double.init).map { $0 / 1_000 }
        let seconds = milliseconds ?? header("retry-after").flatMap(Double.init)
        let isSensible = seconds.map { $0.isFinite && $0 >= 0 && $0 < 1e9 } ?? false
        self.init(status: status, retryAfter: isSensible ? seconds.map { Int($0.rounded(.up)) } : nil, body: body)
    }
}
