import Turns

/// Reads the events of one protocol into a reply.
protocol ReplyReader: Sendable {
    mutating func read(_ event: ServerSentEvent, into draft: inout ReplyDraft) throws(ModelFailure)
}

/// A reply that is arriving. After its end nothing is read, and the first fault is the last word.
struct ReplyStream<Reader: ReplyReader>: Sendable {
    private var events = EventReader()
    private var reader: Reader
    private var draft = ReplyDraft()
    private var fault: ModelFailure?
    private let names: WireNames

    init(_ reader: Reader, names: WireNames) {
        self.reader = reader
        self.names = names
    }

    /// The text that came with these bytes, piece by piece, and what is wrong with them. More after the end is a fault
    /// too, which ends the connection and leaves the reply as it is.
    mutating func push(_ bytes: [UInt8]) -> (pieces: [String], fault: ModelFailure?) {
        if let fault { return ([], fault) }
        guard !draft.isWhole else { return ([], bytes.isEmpty ? nil : .broken("more after its end")) }
        let read = events.push(bytes)
        fault = read.fault
        do throws(ModelFailure) {
            for event in read.events where !draft.isWhole { try reader.read(event, into: &draft) }
        } catch {
            fault = error
        }
        if draft.isWhole { fault = nil }
        return (draft.takePieces(), fault)
    }

    /// The reply, when its end came.
    var whole: ModelReply? { draft.isWhole ? draft.reply(names) : nil }

    /// The reply, now that the stream is over.
    func finish() throws(ModelFailure) -> ModelReply {
        if let fault { throw fault }
        guard let whole else { throw .later(after: nil, "the model server's reply ended before it was whole") }
        return whole
    }
}

extension ModelFailure {
    /// The server didn't keep to its protocol, which the next attempt may.
    static func broken(_ what: String) -> ModelFailure {
        .later(after: nil, "the model server's reply has \(what)")
    }

    /// The next attempt would be no shorter.
    static func tooMuch(_ place: String) -> ModelFailure {
        .refused("the model server sent more than is taken \(place)")
    }
}
