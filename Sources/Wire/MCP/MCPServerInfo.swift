/// The server software, as it says of itself.
public struct MCPServerInfo: Sendable, Hashable {
    /// Its name for programs.
    public let name: String
    /// Its name for people.
    public let title: String
    /// Its version.
    public let version: String
    /// The `Implementation` of the protocol, made once.
    let json: JSON

    /// Makes a description.
    public init(name: String, title: String, version: String) {
        self.name = name
        self.title = title
        self.version = version
        json = ["name": .string(name), "title": .string(title), "version": .string(version)]
    }
}

/// A tool as a list shows it.
public struct MCPToolDescription: Sendable, Hashable {
    /// The name that calls use; up to 128 of `A-Z a-z 0-9 _ . -`.
    public let name: String
    /// The name for people.
    public let title: String?
    /// What it does, for a model.
    public let description: String?
    /// The schema of its arguments; its type is `object`.
    public let inputSchema: JSON
    /// Hints for clients, such as `readOnlyHint`.
    public let annotations: JSON?

    /// Makes a description.
    public init(
        name: String, title: String? = nil, description: String? = nil, inputSchema: JSON, annotations: JSON? = nil
    ) {
        self.name = name
        self.title = title
        self.description = description
        self.inputSchema = inputSchema
        self.annotations = annotations
    }

    /// The `Tool` of the protocol, the same in both versions.
    public var json: JSON {
        var tool: JSONObject = ["name": .string(name)]
        if let title { tool["title"] = .string(title) }
        if let description { tool["description"] = .string(description) }
        tool["inputSchema"] = inputSchema
        if let annotations { tool["annotations"] = annotations }
        return .object(tool)
    }
}
