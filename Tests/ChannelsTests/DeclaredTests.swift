import Channels
import Testing
import Turns
import Wire

/// What a channel declares is what it does.
struct DeclaredTests {
    @Test func `every kind declares once what it can do`() {
        let kinds = (ServedChannels.all.map(\.traits) + ChannelTraits.own).map(\.kind)
        #expect(Set(kinds) == Set(ChannelKind.allCases) && kinds.count == ChannelKind.allCases.count)
    }

    @Test func `who a sender is, and who reads, is what its folder can tell`() {
        let asked = ServedChannels.censuses.map(\.traits.kind)
        for traits in ServedChannels.all.map(\.traits) + ChannelTraits.own {
            #expect((traits.senders == .signedIn) == traits.kind.nature.knowsPeople)
            #expect((traits.readers == .asked) == asked.contains(traits.kind))
        }
        #expect(ServedChannels.all.first { $0.traits.kind == .mail }?.traits.senders == .aligned)
    }

    @Test(arguments: ServedChannels.all.map(\.traits.kind))
    func `where a message can be changed, nothing follows it instead`(kind: ChannelKind) throws {
        let channel = try #require(ServedChannels.all.first { $0.traits.kind == kind })
        #expect(ServedChannels.canEdit(kind) == channel.traits.canEdit)
        #expect(ServedChannels.carriesFiles(kind) == channel.traits.carriesFiles)
        if channel.traits.canEdit { #expect(channel.following("x", of: [:]) == nil) }
    }
}
