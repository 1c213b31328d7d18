import Authority
import Testing

struct RoutesTests {
    private func binding(
        _ agent: String, _ channel: String = "slack", account: String? = nil, peer: Peer? = nil,
        guild: String? = nil, team: String? = nil, roles: Set<String> = []
    ) -> Binding {
        Binding(
            agent: AgentID(agent),
            match: Binding.Match(channel: channel, account: account, peer: peer, guild: guild, team: team, roles: roles)
        )
    }

    private func arrival(
        _ channel: String = "slack", _ account: String = "help", peer: Peer = Peer(kind: .channel, id: "C1"),
        parent: Peer? = nil, guild: String? = nil, team: String? = nil, roles: Set<String> = []
    ) -> Arrival {
        Arrival(
            channel: channel, account: account, peer: peer, parent: parent, guild: guild, team: team, roles: roles)
    }

    private let room = Peer(kind: .channel, id: "C1")
    private let thread = Peer(kind: .channel, id: "T1")

    private func agent(_ arrival: Arrival, _ bindings: [Binding], otherwise: String? = nil) throws -> String {
        try Routes(bindings, otherwise: otherwise.map { AgentID($0) }).route(arrival).agent.raw
    }

    @Test func `the tiers go before one another in their order`() throws {
        let bindings = [
            binding("channel"), binding("account", account: "help"), binding("team", team: "t"),
            binding("guild", guild: "g"), binding("roles", guild: "g", roles: ["r", "s"]),
            binding("parent", peer: room),
            binding("peer", peer: thread),
        ]
        let whole = arrival(peer: thread, parent: room, guild: "g", team: "t", roles: ["q", "s"])
        let routes = Routes(bindings, otherwise: AgentID("default"))
        var left = bindings
        for tier in RouteTier.allCases {
            let routed = try Routes(left, otherwise: AgentID("default")).route(whole)
            #expect(routed.tier == tier)
            #expect(routed.binding == left.last)
            left = Array(left.dropLast())
        }
        #expect(routes.explain(whole).map(\.standing).last == .matches(.peer))
        #expect(routes.explain(whole).map(\.standing).first == .later(.channel, than: .peer))
    }

    @Test func `a match without an account is any account, and one with it goes first`() throws {
        let bindings = [binding("any", peer: room), binding("own", account: "help", peer: room), binding("main")]
        #expect(try agent(arrival(), bindings) == "own")
        #expect(try agent(arrival("slack", "other"), bindings) == "any")
        #expect(try agent(arrival("slack", "default", peer: thread), bindings) == "main")
    }

    @Test func `the account counts within a tier and never across tiers`() throws {
        #expect(try agent(arrival(team: "t"), [binding("a", account: "help"), binding("t", team: "t")]) == "t")
        #expect(
            try agent(
                arrival(team: "t"), [binding("a", account: "help", peer: room), binding("t", peer: room, team: "t")])
                == "a")
    }

    @Test func `groups and channels are one, conversations of two are not, and ids keep their case`() throws {
        let bindings = [binding("room", peer: Peer(kind: .group, id: "C1"))]
        #expect(try agent(arrival(), bindings) == "room")
        for peer in [Peer(kind: .direct, id: "C1"), Peer(kind: .channel, id: "c1")] {
            #expect(throws: RouteError.nobody) { try agent(arrival(peer: peer), bindings) }
        }
        #expect(try agent(arrival("Slack"), bindings) == "room")
    }

    @Test func `everything that is named has to be so, and one role is enough`() throws {
        let bindings = [binding("a", account: "help", peer: room, guild: "g", team: "t", roles: ["r", "s"])]
        #expect(try agent(arrival(guild: "g", team: "t", roles: ["s"]), bindings) == "a")
        for (arrival, part) in [
            (arrival("mail", guild: "g", team: "t", roles: ["s"]), BindingPart.channel),
            (arrival("slack", "x", guild: "g", team: "t", roles: ["s"]), .account),
            (arrival(peer: thread, guild: "g", team: "t", roles: ["s"]), .peer),
            (arrival(guild: "h", team: "t", roles: ["s"]), .guild), (arrival(guild: "g", roles: ["s"]), .team),
            (arrival(guild: "g", team: "t", roles: ["q"]), .roles), (arrival(guild: "g", team: "t"), .roles),
        ] {
            #expect(throws: RouteError.nobody) { try agent(arrival, bindings) }
            #expect(Routes(bindings, otherwise: nil).explain(arrival).map(\.standing) == [.unmet(part)])
        }
    }

    @Test func `what nobody is named for goes to the default agent, and to nobody without one`() throws {
        #expect(try agent(arrival("mail"), [binding("a")], otherwise: "main") == "main")
        #expect(throws: RouteError.nobody) { try agent(arrival("mail"), [binding("a")]) }
    }

    @Test func `two that match alike are an error for two agents and none for one`() throws {
        let (one, other) = (binding("a", guild: "g", roles: ["r"]), binding("b", guild: "g", roles: ["s"]))
        let both = arrival(guild: "g", roles: ["r", "s"])
        #expect(throws: RouteError.tied([one, other])) { try agent(both, [one, other], otherwise: "main") }
        #expect(try agent(arrival(guild: "g", roles: ["s"]), [one, other]) == "b")
        #expect(try agent(both, [one, binding("a", guild: "g", roles: ["s"])]) == "a")
        #expect(Routes([one, other], otherwise: nil).explain(both).map(\.standing) == [.tied(.roles), .tied(.roles)])
        #expect(one.match.claim == other.match.claim)
    }

    /// `routed-delegate` and `organizational-assistant` of the definition corpus, by their comments.
    @Test func `the examples that definitions come from route as their comments say`() throws {
        let delegate = [
            binding("delegate", "whatsapp", account: "org"),
            binding("delegate", "discord", guild: "123456789012345678"),
            binding("main", "whatsapp"),
        ]
        #expect(try agent(arrival("whatsapp", "org"), delegate) == "delegate")
        #expect(try agent(arrival("discord", "any", guild: "123456789012345678"), delegate) == "delegate")
        for account in ["default", "private"] { #expect(try agent(arrival("whatsapp", account), delegate) == "main") }
        #expect(throws: RouteError.nobody) { try agent(arrival("discord", "any", guild: "1"), delegate) }

        let group = Peer(kind: .group, id: "[group-id]")
        let whole = [
            binding("org-assistant", "signal", peer: group), binding("org-assistant", "whatsapp", account: "org"),
            binding("main", "whatsapp"), binding("main", "signal"),
        ]
        #expect(try agent(arrival("signal", "x", peer: group), whole) == "org-assistant")
        #expect(try agent(arrival("signal", "x"), whole) == "main")
        #expect(try agent(arrival("signal", "x", peer: Peer(kind: .direct, id: "[group-id]")), whole) == "main")
        #expect(try agent(arrival("slack", "x"), whole, otherwise: "main") == "main")
    }

    @Test func `an agent answers from the accounts that are its own`() {
        let routes = Routes(
            [
                binding("email", account: "mail-app"), binding("room", account: "help", peer: room),
                binding("help", account: "help"), binding("any"),
            ], otherwise: nil)
        func own(_ agent: String, _ account: String, _ channel: String = "slack") -> Bool {
            routes.answers(AgentID(agent), by: channel, account)
        }
        #expect(own("email", "mail-app") && !own("email", "help"))
        #expect(own("help", "help") && own("room", "help"), "both are given what is written there")
        #expect(own("any", "other") && !own("any", "help"), "whatever names no account gives way to what does")
        #expect(!own("any", "other", "mail"))
    }
}
