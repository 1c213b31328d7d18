import Authority
public import Gate
import Wire

/// Keeps the files that agents send, until their answer is said. What is kept goes nowhere by itself: the answer that it goes
/// with is shown to those who may read what the session has seen, and the file with it.
public struct FileSender: Sendable {
    public typealias Store = TurnStore & Commits

    private let store: any Store
    private let payloads: PayloadKeeper
    private let desk: FileDesk
    private let carries: @Sendable (ChannelKind) -> Bool
    private static let turns = 20

    /// - Parameter carries: whether a channel can carry files.
    public init(
        store: any Store, payloads: PayloadKeeper, desk: FileDesk, carries: @escaping @Sendable (ChannelKind) -> Bool
    ) {
        self.store = store
        self.payloads = payloads
        self.desk = desk
        self.carries = carries
    }

    /// - Throws: `TurnsError` for what can't go with an answer.
    func keep(_ call: JudgedCall) async throws -> (OutboundFile, Labels) {
        let turns = try await store.turns(of: call.session, limit: FileSender.turns).filter(\.isOpen)
        guard !turns.isEmpty else {
            throw TurnsError(.refused, "a file goes with an answer, and there is no conversation here")
        }
        guard turns.allSatisfy({ $0.isAnswered && carries($0.account.kind) }) else {
            throw TurnsError(.refused, "an answer here can carry no file")
        }
        var sent: [OutboundFile] = []
        for turn in turns { sent += try await files(sentBy: turn.id) }
        var (file, labels) = try await file(of: call)
        guard sent.count < OutboundFile.most,
            sent.reduce(file.bytes.count, { $0 + $1.size }) <= OutboundFile.longestTogether
        else {
            throw TurnsError(
                .refused,
                "with one answer go \(OutboundFile.most) files and \(OutboundFile.longestTogether) bytes at the most")
        }
        try await store.commit(Transaction(changes: [try payloads.kept(file.kept, id: file.payload)]))
        file.bytes = []
        return (file, labels)
    }

    private func files(sentBy turn: TurnID) async throws -> [OutboundFile] {
        var files: [OutboundFile] = []
        for call in try await store.calls(sentBy: turn) {
            if let kept = try await payloads.open(OutboundFile.payload(of: call)), let file = OutboundFile(kept: kept) {
                files.append(file)
            }
        }
        return files
    }

    private func file(of call: JudgedCall) async throws -> (OutboundFile, Labels) {
        let arguments = call.arguments
        let (name, type) = (arguments["name"]?.stringValue, arguments["type"]?.stringValue)
        let (bytes, given, labels): ([UInt8], ChannelFile?, Labels)
        switch (arguments["text"]?.stringValue, arguments["base64"]?.stringValue, arguments["file"]?.stringValue) {
        case (let text?, nil, nil): (bytes, given, labels) = (Array(text.utf8), nil, .fresh)
        case (nil, let text?, nil):
            guard let decoded = Base64.decode(text) else { throw TurnsError(.invalid, "`base64` isn't base64") }
            (bytes, given, labels) = (decoded, nil, .fresh)
        case (nil, nil, let id?): (bytes, given, labels) = try await desk.fetch(id, in: call.session)
        case _: throw TurnsError(.invalid, "give one of `text`, `base64` and `file`")
        }
        guard !bytes.isEmpty, bytes.count <= OutboundFile.longest else {
            throw TurnsError(.refused, "a file has 1 to \(OutboundFile.longest) bytes, and this one \(bytes.count)")
        }
        let isText = arguments["text"] != nil
        let fallback = given?.mediaType ?? (isText ? "text/plain" : "application/octet-stream")
        guard let media = FileName.mediaType(type ?? fallback) ?? (type == nil ? "application/octet-stream" : nil)
        else { throw TurnsError(.invalid, "`type` must be like `text/csv`") }
        var file = OutboundFile(
            call: call.id, name: FileName.inert(name ?? given?.name ?? "file"), mediaType: media, size: bytes.count)
        file.bytes = bytes
        return (file, labels)
    }
}

extension Turn {
    fileprivate var isOpen: Bool {
        switch state {
        case .ready, .parked: true
        case .ended: false
        }
    }
}
