public import Turns

/// Slack, as an app of its own for each account: https://docs.slack.dev/apis/events-api
public struct SlackChannel: HookChannel, DeliveringChannel {
    public init() {}
}
