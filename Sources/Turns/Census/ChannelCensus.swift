public import Authority
import Wire

/// Who reads in a place of a channel.
public struct ChannelCensus: Sendable, Hashable {
    /// The channel's own name of it.
    public let name: String
    /// Whether people of other organizations may be there.
    public let isShared: Bool
    /// Everybody, agents and guests too.
    public let members: Int
    /// Who was looked at one by one; fewer than the members where there are many.
    public let looked: Int
    public let bots: Int
    /// Not of the account's own organization.
    public let outsiders: Int
    public let guests: Int
    /// Those who are known by proof.
    public let known: Set<PersonID>

    /// In one sentence.
    public var sentence: String {
        let all = looked < members ? "of \(members) members the first \(looked) were counted: " : "\(members) members: "
        let shared = isShared ? "; it is shared with another organization" : ""
        return all
            + "\(known.count) known by proof, \(guests) guests, \(outsiders) of other organizations, \(bots) bots"
            + shared
    }
}

/// A channel whose platform says who reads in a place. Pure.
public protocol CensusChannel: DirectoryChannel {
    /// What asks about a place; nil when it can't be one.
    func request(aboutPlace peer: String) -> ChannelRequest?
    /// What the place is called, and whether it is shared with another organization.
    func place(_ answer: ChannelAnswer) -> CensusAnswer<(name: String, isShared: Bool)>

    /// What asks for members, from a mark on.
    func request(aboutMembersOf peer: String, from mark: String?) -> ChannelRequest
    func members(_ answer: ChannelAnswer, of account: ChannelAccount) -> CensusAnswer<
        (senders: [SenderID], next: String?)
    >

    /// What a person is whom ``DirectoryChannel/entry(_:about:for:)`` was asked about: a guest of the account's own
    /// organization, and not somebody of another one.
    func isGuest(_ answer: ChannelAnswer, for account: ChannelAccount) -> Bool
}

public enum CensusAnswer<Value> {
    case found(Value)
    /// Why it isn't said.
    case refused(String)
}
