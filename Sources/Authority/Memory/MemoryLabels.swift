extension Labels {
    /// Of what a session with these labels puts into a partition. Only ever narrower than the session's, but for the agent's
    /// own memory: people have agreed to exactly those words, and from then on they are a colleague's.
    public func kept(in partition: MemoryPartition) -> Labels {
        switch partition {
        case .agent:
            Labels(integrity: max(integrity, .colleague), readers: .organization, classes: classes)
        case .person(let person), .thread(_, let person?):
            Labels(integrity: integrity, readers: readers.intersection(.only([person])), classes: classes)
        case .thread(_, nil): self
        }
    }

    /// Of an entry with these labels, as the session of this reader sees it. Nil when they may not read it.
    ///
    /// - Parameters:
    ///   - writer: in whose turn it was written.
    ///   - reader: nil where nobody asked: then only what everybody may read.
    public func recalled(by reader: PersonID?, from writer: PersonID?, in partition: MemoryPartition) -> Labels? {
        if readers.isPrivate {
            guard let reader, readers.contains(reader) else { return nil }
        }
        switch partition {
        case .agent: return self
        case .person, .thread:
            guard writer != reader else { return self }
            return Labels(integrity: max(integrity, .colleague), readers: readers, classes: classes)
        }
    }
}
