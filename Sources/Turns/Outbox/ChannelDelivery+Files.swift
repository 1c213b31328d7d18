import Authority

extension ChannelDelivery {
    /// Brings a message's files to the channel, where nobody sees them before the message is sent. A file that the channel never
    /// takes is left out, and the answer says so.
    public func prepare(_ message: OutboundMessage) async -> Prepared {
        let record: ChannelAccountRecord?
        do { record = try await accounts.channelAccount(message.account) } catch {
            return .settled(.putOff(after: nil, "the gateway can't read its own state"))
        }
        guard let account = record?.account, let connection = account.connection, !account.isPaused,
            let channel = channels.first(where: { $0.traits.kind == account.id.kind }),
            let uploading = channel as? any UploadingChannel, let uploads
        else { return .ready(message) }
        var message = message
        var refused: [String] = []
        var ready: [OutboundFile] = []
        for var file in message.files {
            switch await put(file, uploading, connection, uploads) {
            case .at(let handle, _):
                file.handle = handle
                ready.append(file)
            case .failed(.refused(let reason)): refused.append("(`\(file.name)` can't be sent here: \(reason))")
            case .failed(let outcome): return .settled(outcome)
            }
        }
        message.files = ready
        message = message.adding(refused)
        return .ready(message)
    }

    private func put(
        _ file: OutboundFile, _ channel: any UploadingChannel, _ connection: ConnectionID,
        _ uploads: any UploadTransport
    ) async -> UploadPlace {
        let place: UploadPlace
        switch await transport.send(channel.request(placing: file), with: connection) {
        case .answered(let answer): place = channel.place(answer)
        case .notSent(let reason), .unknown(let reason): return .failed(.retry(after: nil, reason))
        }
        guard case .at(_, let address) = place else { return place }
        switch await uploads.put(file.bytes, at: address, with: connection) {
        case .answered(let answer) where channel.isPut(answer): return place
        case .answered(let answer):
            return .failed(.retry(after: answer.retryAfter, "the file was refused with status \(answer.status)"))
        case .notSent(let reason), .unknown(let reason): return .failed(.retry(after: nil, reason))
        }
    }
}

extension OutboundMessage {
    func adding(_ lines: [String]) -> OutboundMessage {
        guard !lines.isEmpty else { return self }
        switch content {
        case .words(let text):
            return OutboundMessage(self, content: .words(([text] + lines).joined(separator: "\n\n")))
        case .notice, .approval: return self
        }
    }
}
