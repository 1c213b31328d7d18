import Authority
import Gate
import OAuth

/// Tokens that are asked for as the first ones were.
extension RenewalAttempt {
    /// Nil for a grant that has a refresh token.
    func own(_ kept: TokenText) async throws(Stop) -> OwnGrant? {
        let (kind, owner): (String, Owner)
        let people: [PersonClaim]
        let subjects: Set<String>
        do {
            guard let record = try await keeper.store.connection(use.facts.id) else { throw Stop.dead("gone") }
            guard OwnGrant.isAnew(record.kind) else { return nil }
            (kind, owner) = (record.kind, record.owner)
            people = try await keeper.people(use.organization)
            subjects =
                switch owner {
                case .agent(let agent): try await keeper.subjects(use.organization, agent)
                case .person, .organization: []
                }
        } catch let stop as Stop {
            throw stop
        } catch {
            throw .transient("unreadable", after: nil, isAnswered: true)
        }
        do throws(OwnGrant.Fault) {
            return try OwnGrant(kind: kind, of: owner, kept: kept, people: people, subjects: subjects)
        } catch {
            switch error {
            case .unreadable: throw .registration("unreadable")
            case .subject(let refusal): throw .dead("subject_\(refusal.rawValue)")
            }
        }
    }

    /// An assertion names an address, and what its provider makes of that may be somebody else's account by now.
    func compare(_ answer: TokenAnswer, _ own: OwnGrant?) async throws(Stop) {
        switch own {
        case nil, .ourselves, .account: return
        case .asserted: break
        }
        let account: UpstreamAccount
        do throws(BrokerError) {
            account = try await keeper.account(of: answer.access, for: use)
        } catch {
            throw .transient(OwnCode.noAccount, after: nil, isAnswered: true)
        }
        guard account.id == use.facts.account else { throw .dead(OwnCode.otherAccount) }
    }
}
