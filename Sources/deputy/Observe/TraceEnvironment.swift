import Gateway
import Wire

/// What OpenTelemetry's own variables say ("OTLP Exporter Configuration", "Environment Variable Specification").
struct TraceEnvironment {
    let endpoint: String?
    let headers: [(String, String)]
    let serviceName: String

    /// - Throws: `CommandFailure` that names the variable.
    init(_ environment: [String: String]) throws {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        if let whole = value("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") {
            endpoint = try TraceEnvironment.url(whole, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
        } else {
            endpoint = try value("OTEL_EXPORTER_OTLP_ENDPOINT").map {
                try TraceEnvironment.url($0, "OTEL_EXPORTER_OTLP_ENDPOINT", adding: "v1/traces")
            }
        }
        let name =
            value("OTEL_EXPORTER_OTLP_TRACES_HEADERS") == nil
            ? "OTEL_EXPORTER_OTLP_HEADERS" : "OTEL_EXPORTER_OTLP_TRACES_HEADERS"
        headers = try TraceEnvironment.headers(value(name) ?? "", name)
        serviceName = value("OTEL_SERVICE_NAME") ?? "deputy"
    }

    /// - Parameter path: comes behind what the text has of its own.
    static func url(_ text: String, _ source: String, adding path: String? = nil) throws -> String {
        let scheme = text.hasPrefix("https://") ? "https://" : "http://"
        let rest = text.dropFirst(scheme.count)
        guard text.hasPrefix(scheme), let first = rest.first, first != "/",
            rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") && $0 != UInt8(ascii: "@") })
        else {
            throw CommandFailure(
                .refused, "invalid", "`\(source)` isn't the address of a collector",
                hint: "write it as http://127.0.0.1:4318; a token goes into OTEL_EXPORTER_OTLP_HEADERS")
        }
        guard let path else { return text }
        return text + (text.hasSuffix("/") ? "" : "/") + path
    }

    /// `name=value,name=value`, percent-encoded. A value may be a secret, so it is in no message.
    private static func headers(_ text: String, _ source: String) throws -> [(String, String)] {
        try text.split(separator: ",").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0].drop { $0 == " " })
            guard parts.count == 2, !name.isEmpty, name.utf8.allSatisfy(isTokenByte),
                let value = PercentEncoding.decode(String(parts[1])),
                value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
            else {
                throw CommandFailure(
                    .refused, "invalid", "`\(source)` doesn't hold headers", hint: "write them as name=value,name=value"
                )
            }
            return (name, String(value.drop { $0 == " " }))
        }
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: "_")
    }
}
