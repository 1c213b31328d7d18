import HTTPTypes
import Wire

extension MCPHeaders {
    /// The protocol's headers of a request. One that came more than once is refused: readers of the first and of the last
    /// copy would disagree.
    init(_ fields: HTTPFields) throws(MCPRefusal) {
        self.init(
            protocolVersion: try Self.single(.mcpProtocolVersion, fields), method: try Self.single(.mcpMethod, fields),
            name: try Self.single(.mcpName, fields))
    }

    private static func single(_ name: HTTPField.Name, _ fields: HTTPFields) throws(MCPRefusal) -> String? {
        guard fields.contains(name) else { return nil }
        let values = fields[values: name]
        guard values.count == 1 else { throw MCPRefusal(.headerMismatch(name.rawName, id: nil)) }
        return values.first
    }
}

extension HTTPField.Name {
    static let mcpProtocolVersion = constant("MCP-Protocol-Version")
    static let mcpMethod = constant("Mcp-Method")
    static let mcpName = constant("Mcp-Name")
    static let traceparent = constant("traceparent")
    static let mcpSessionID = constant("Mcp-Session-Id")

    private static func constant(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("`\(text)` is no header name") }
        return name
    }
}
