import Gateway

/// How a gateway is reached: scheme, host, perhaps a port, nothing behind them.
enum PublicURL {
    static func parse(_ text: String, as option: String) throws -> String {
        if let origin = WebOrigin(text) { return origin.text }
        throw CommandFailure(
            .refused, "invalid", "`\(option)` can't be `\(text)`",
            hint: "write it as https://deputy.example or http://127.0.0.1:8780, with nothing behind it")
    }
}
