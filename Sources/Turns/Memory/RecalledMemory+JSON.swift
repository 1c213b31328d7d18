import Authority
public import Wire

extension RecalledMemory {
    /// As whoever may be told it takes it along. Times in microseconds.
    public var json: JSON {
        [
            "id": .string(entry.id.raw), "agent": .string(entry.place.agent.raw),
            "kind": .string(entry.place.partition.name), "text": .string(text),
            "version": .number(JSONNumber(entry.version)), "writer": entry.writer.map { .string($0.raw) } ?? .null,
            "source": .string(entry.source), "integrity": .string(entry.labels.integrity.name),
            "classes": .array(entry.labels.classes.names.map { .string($0) }),
            "created": .number(JSONNumber(entry.created.microseconds)),
            "changed": .number(JSONNumber(entry.changed.microseconds)),
        ]
    }
}
