public import Authority

/// Where agents' documents are kept.
public struct Workspaces: Sendable {
    /// The texts of an agent's documents, by file name.
    public let read: @Sendable (AgentID) -> [String: String]
    /// Writes the documents that aren't there. With the flag, hard blocks are added to the end of those that lack them.
    let write: @Sendable (AgentDefinition, Bool) -> WorkspaceReport

    public init(
        read: @escaping @Sendable (AgentID) -> [String: String],
        write: @escaping @Sendable (AgentDefinition, Bool) -> WorkspaceReport
    ) {
        self.read = read
        self.write = write
    }
}

/// What became of an agent's documents.
public struct WorkspaceReport: Sendable {
    public var written: [String]
    /// Those that are there without the hard blocks. Nothing was changed in them.
    public var lacking: [String]
    /// What couldn't be written, in sentences.
    public var problems: [String]

    public init(written: [String] = [], lacking: [String] = [], problems: [String] = []) {
        self.written = written
        self.lacking = lacking
        self.problems = problems
    }
}
