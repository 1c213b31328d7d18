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
    private let accounts: any ChannelAccountStore
    private let channels: [any DeliveringChannel]
    private let transport: any ChannelTransport
    private let readership: any Readership

    public init(
        accounts: any ChannelAccountStore, channels: [any DeliveringChannel], transport: any ChannelTransport,
        readership: any Readership
    ) {
        self.accounts = accounts
        self.channels = channels
        self.transport = transport
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
            return Delivered(parts: parts, .putOff(after: 60, "the account `\(account.id)` is paused"))
        }
        let message = await narrowed(message, account)
        var outcome = DeliveryOutcome.refused("there is nobody there who could be told")
        var taken = parts
        for request in channel.requests(for: message, from: account).dropFirst(parts) {
            switch await transport.send(request, with: connection) {
            case .answered(let answer): outcome = channel.outcome(of: answer, to: request)
            case .notSent(let reason): outcome = .retry(after: nil, reason)
            case .unknown(let reason): outcome = .unknown(reason)
            }
            guard case .delivered = outcome else { break }
            taken += 1
        }
        return Delivered(parts: taken, outcome)
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
