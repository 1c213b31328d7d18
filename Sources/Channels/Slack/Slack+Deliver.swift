public import Turns
import Wire

extension SlackChannel {
    /// None when the message can't be said there: to a reader who isn't Slack's, or where there is nothing to say.
    public func requests(for message: OutboundMessage, from account: ChannelAccount) -> [ChannelRequest] {
        guard let place = SlackPlace(message.reply), let address = SlackAddress(message, place) else { return [] }
        let parts = SlackPart.parts(of: message.content, alone: address.hasOneReader)
        guard let replaced = message.replaces else {
            return parts.map { address.post($0) } + (address.share(message.files).map { [$0] } ?? [])
        }
        guard let first = parts.first, let update = address.update(replaced, with: first) else { return [] }
        return [update] + parts.dropFirst().map { address.post($0) }
    }

    /// A message that Slack took is known by its conversation and `ts`: `C1/1795000000.000100`.
    public func outcome(of answer: ChannelAnswer, to request: ChannelRequest) -> DeliveryOutcome {
        SlackAnswer(answer, to: request).outcome
    }
}
