import Authority
import Testing

@Suite struct LabelsTests {
    /// Every combination of integrity, some readers and every set of classes.
    static let all: [Labels] = Integrity.allCases.flatMap { integrity in
        let people = Generator.people
        let readers: [Readers] = [
            .organization, .only([]), .only([people[0]]), .only([people[0], people[1]]), .only(Set(people)),
            .account(of: people[0]), .account(of: people[1]),
        ]
        return readers.flatMap { readers in
            (0..<4).map { Labels(integrity: integrity, readers: readers, classes: DataClasses(rawValue: $0)) }
        }
    }

    /// Whoever an agent is open to is shown its own account, and nobody's private data beside it.
    @Test func `an agent's account is its own only while nothing of a person is beside it`() {
        let (alice, dana) = (Generator.people[0], Generator.people[1])
        #expect(Readers.account(of: dana).intersection(.organization) == .account(of: dana))
        #expect(Readers.account(of: dana).intersection(.account(of: dana)) == .account(of: dana))
        #expect(Readers.account(of: dana).intersection(.only([alice])) == .only([]))
        #expect(Readers.only([dana, alice]).intersection(.account(of: dana)) == .only([dana]))
        #expect(Readers.account(of: dana).intersection(.account(of: alice)) == .only([]))
    }

    @Test func `joined labels are at least as bad as each`() {
        for left in Self.all {
            for right in Self.all {
                let joined = left.joined(with: right)
                for part in [left, right] {
                    #expect(joined.integrity >= part.integrity)
                    #expect(joined.classes.isSuperset(of: part.classes))
                    #expect(Generator.people.allSatisfy { !joined.readers.contains($0) || part.readers.contains($0) })
                    #expect(joined.readers.isPrivate || !part.readers.isPrivate)
                }
            }
        }
    }

    @Test func `the order in which a session saw things doesn't matter`() {
        var dice = SplitMix(seed: 6)
        for _ in 0..<500 {
            let (one, two, three) = (dice.pick(Self.all), dice.pick(Self.all), dice.pick(Self.all))
            #expect(one.joined(with: two) == two.joined(with: one))
            #expect(one.joined(with: two).joined(with: three) == one.joined(with: two.joined(with: three)))
            #expect(one.joined(with: one) == one)
            #expect(one.joined(with: .fresh) == one)
        }
    }

    @Test func `every integrity and data class has a name that leads back to it`() {
        for integrity in Integrity.allCases { #expect(Integrity(name: integrity.name) == integrity) }
        #expect(Integrity(name: "stranger") == nil)
        #expect(DataClasses([.contacts, .financial]).names == ["contacts", "financial"])
    }
}
