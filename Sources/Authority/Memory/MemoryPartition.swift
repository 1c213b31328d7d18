/// What an agent remembers lies in partitions, each apart from every other.
public enum MemoryPartition: Hashable, Sendable {
    /// The agent's own: whoever may use it is told.
    case agent
    /// What it was told by one person, for that person alone.
    case person(PersonID)
    /// Of one conversation, or of one client's token. An assistant's belongs to one person in it.
    case thread(ClientID, PersonID?)
}
