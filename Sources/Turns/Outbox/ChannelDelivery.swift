public import Authority
import Wire

/// The way out to channels' own servers: an errand. Implemented by egress, which adds the account's credential.
public protocol ChannelTransport: Sendable {
    func send(_ request: ChannelRequest, with connection: ConnectionID) async -> ChannelReply
}

public enum ChannelReply: Sendable, Hashable {
    case answered(ChannelAnswer)
    /// Certainly not sent.
    case notSent(String)
    case unknown(String)
}

/// Sends messages on the channels that have servers of their own, each from the account that its conversation came in by.
public struct ChannelDelivery: Delivery {
    let accounts: any ChannelAccountStore
    let channels: [any DeliveringChannel]
    let transport: any ChannelTransport
    /// Nil where no channel is brought files.
    let uploads: (any UploadTransport)?
    private let readership: any Readership

    public init(
        accounts: any ChannelAccountStore, channels: [any DeliveringChannel], transport: any ChannelTransport,
        uploads: (any UploadTransport)? = nil, readership: any Readership
    ) {
        self.accounts = accounts
        self.channels = channels
        self.transport = transport
        self.uploads = uploads
        self.readership = readership
    }

    public func knowsRepeats(_ account: ChannelAccountID) async throws -> Bool {
        channels.first { $0.traits.kind == account.kind }?.traits.knowsRepeats ?? false
    }

    public func deliver(_ message: OutboundMessage, after parts: Int) async -> Delivered {
        let record: ChannelAccountRecord?
        do { record = try await accounts.channelAccount(message.account) } catch {
            return Delivered(parts: parts, .putOff(after: nil, "the gateway can't read its own state"))
        }
        guard let account = record?.account, let connection = account.connection,
            let channel = channels.first(where: { $0.traits.kind == account.id.kind })
        else {
            let reason = "the account `\(message.account)` is gone, or has no connection to answer with"
            return Delivered(parts: parts, .refused(reason))
        }
        guard !account.isPaused else {
            return Delivered(parts: parts, .putOff(after: nil, "the account `\(account.id)` is paused"))
        }
        let message = await narrowed(message, account)
        var outcome = DeliveryOutcome.refused("there is nobody there who could be told")
        var taken = parts
        var said = message.said
        for part in channel.requests(for: message, from: account).dropFirst(parts) {
            guard let request = channel.request(part, after: said) else {
                outcome = .refused("the channel doesn't say where the answer is that the file goes with")
                break
            }
            switch await transport.send(request, with: connection) {
            case .answered(let answer): outcome = channel.outcome(of: answer, to: request)
            case .notSent(let reason): outcome = .retry(after: nil, reason)
            case .unknown(let reason): outcome = .unknown(reason)
            }
            guard case .delivered(let name) = outcome else { break }
            if name.isEmpty { outcome = .delivered(said ?? "") } else { said = name }
            taken += 1
        }
        return Delivered(parts: taken, outcome, said: said)
    }

    /// Looked at for each attempt: somebody may have joined since the one before.
    private func narrowed(_ message: OutboundMessage, _ account: ChannelAccount) async -> OutboundMessage {
        guard let insiders = message.insiders, message.privately == nil else { return message }
        switch await readership.readers(of: insiders.peer, for: account) {
        case .insiders: return message
        case .outsiders, .unknown: return message.told(to: insiders.asker)
        }
    }
}
