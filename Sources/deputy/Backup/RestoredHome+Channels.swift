import Authority
import Gate
import Storage
import Turns
import Wire

extension RestoredHome {
    /// An account of a channel that was removed since isn't there again, and one that was paused stays so.
    func hush(_ old: TakenAway?, _ end: inout Transaction) async throws {
        guard let old else { return }
        for record in try await home.store.channelAccounts(in: home.organization) {
            let id = record.account.id
            let what: String
            switch old.channels[id] {
            case nil:
                what = "channel.removed"
                end.changes.append(ChannelChange.remove(id))
            case true? where !record.account.isPaused:
                what = "channel.paused"
                end.changes.append(ChannelChange.pause(id, true))
            case true?, false?: continue
            }
            end.leaves.append(
                try leaf(
                    [
                        "change": .string(what), "by": .string(Self.by), "account": .string("\(id)"),
                        "because": "it was so before the restore",
                    ], in: .organization(home.organization)))
        }
    }

    /// A sender that was unlinked since, or became another person's, is nobody.
    func forgetSenders(_ old: TakenAway?, _ end: inout Transaction) async throws {
        guard let old else { return }
        for link in try await home.store.senderLinks(in: home.organization)
        where old.senders[link.sender] != link.person {
            end.changes.append(SenderChange.unlink(home.organization, link.sender, link.person))
            end.leaves.append(
                try leaf(
                    [
                        "change": "sender.unlinked", "by": .string(Self.by), "sender": .string(link.sender.raw),
                        "person": .string(link.person.raw), "because": "it was so before the restore",
                    ], in: .organization(home.organization)))
        }
    }
}
