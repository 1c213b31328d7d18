import Authority
public import Wire

/// For how many days what was said to an agent and by it is kept, as a definition says it: `transcripts: { retainDays: 90 }`.
public enum TranscriptDays {
    /// A hundred years.
    public static let longest: Int64 = 36_500
    /// What it is called beside a mandate, and in an organization.
    public static let key = "transcripts"

    /// As it stands in a definition.
    public static func json(_ days: Int) -> JSON { ["retainDays": .number(JSONNumber(days))] }

    /// An agent's own, from its stored definition; nil when it says nothing.
    public static func days(of definition: JSON) -> Int? { days(in: definition[AgentDefinition.aboutKey]?[key]) }

    /// From what ``json(_:)`` gives.
    public static func days(in json: JSON?) -> Int? {
        json?["retainDays"]?.integerValue.flatMap { Int(exactly: $0) }
    }
}
