import Channels
import Testing
import Turns
import Wire

@Suite struct `A Slack app's manifest` {
    private func manifest(_ change: (inout SlackManifest) -> Void = { _ in }) -> JSON {
        var manifest = SlackManifest(
            name: "Onboarding assistant", publicURL: "https://deputy.acme.test", account: Slack.accountID)
        change(&manifest)
        return manifest.json
    }

    @Test func `events and buttons come to the account's hook`() {
        let settings = manifest()["settings"]
        let hook: JSON = "https://deputy.acme.test/hooks/slack/assistant"
        #expect(settings?["event_subscriptions"]?["request_url"] == hook)
        #expect(settings?["interactivity"] == ["is_enabled": true, "request_url": hook])
        #expect(
            settings?["event_subscriptions"]?["bot_events"] == [
                "app_mention", "message.im", "message.mpim", "member_joined_channel", "member_left_channel",
                "channel_shared", "channel_unshared",
            ])
        #expect(settings?["socket_mode_enabled"] == false)
    }

    @Test func `a gateway that nothing reaches fetches them`() {
        let settings = manifest { $0.delivery = .socket }["settings"]
        #expect(settings?["socket_mode_enabled"] == true)
        #expect(settings?["event_subscriptions"]?["request_url"] == nil)
        #expect(settings?["interactivity"] == ["is_enabled": true])
    }

    @Test func `it asks for what it needs, and says why`() {
        let scopes = manifest()["oauth_config"]?["scopes"]?["bot"]?.arrayValue ?? []
        #expect(scopes.contains("chat:write"))
        #expect(!scopes.contains("channels:history"), "what others write to each other isn't read")
        #expect(!scopes.contains("users:read.email"))
        #expect(
            manifest { $0.readsAddresses = true }["oauth_config"]?["scopes"]?["bot"]?.arrayValue?.contains(
                "users:read.email") == true)
        #expect(SlackScope.allCases.allSatisfy { $0.reason.hasPrefix("to ") })
    }

    @Test func `tokens rotate where somebody can renew them`() {
        #expect(manifest()["settings"]?["token_rotation_enabled"] == false)
        let redirected = manifest { $0.redirect = "https://deputy.acme.test/connect/callback" }
        #expect(redirected["settings"]?["token_rotation_enabled"] == true)
        #expect(redirected["oauth_config"]?["redirect_urls"] == ["https://deputy.acme.test/connect/callback"])
    }

    @Test func `a long name is cut to what Slack takes`() {
        let name = manifest { $0.name = String(repeating: "a", count: 50) }["display_information"]?["name"]
        #expect(name?.stringValue?.count == 35)
    }

    @Test func `Slack has threads, buttons and edits, and takes a message twice`() {
        let traits = SlackChannel().traits
        #expect(traits.kind == .slack && traits.hasThreads && traits.hasButtons && traits.canEdit)
        #expect(!traits.knowsRepeats)
    }
}
