/// Writes down which tools a connection was used for.
public protocol UseRecorder: Sendable {
    /// What belongs into the commit of this call's intent; nothing where it is written down already.
    func changes(for call: JudgedCall) -> [any StoredChange]
    /// To be called once that commit is durable.
    func kept(_ call: JudgedCall)
}
