import Testing

@testable import Storage

@Suite struct RenewalsTests {
    private let start = ContinuousClock.now

    private func renewals(at seconds: [Int]) -> Renewals {
        var renewals = Renewals(since: start)
        for second in seconds { renewals.renewed(at: start + .seconds(second)) }
        return renewals
    }

    @Test(arguments: [
        ([], 1, true), ([3, 6, 9], 12, true), ([3], 10, false), ([3, 11], 12, false),
        ([3, 11, 14, 17, 20, 23], 25, false),
        ([3, 11, 14, 17, 20, 23, 26], 27, true), ([3, 60], 61, false),
    ])
    func `whoever missed a renewal lets the others renew theirs before it calls them gone`(
        _ seconds: [Int], _ now: Int, _ mayJudge: Bool
    ) {
        #expect(renewals(at: seconds).mayJudge(at: start + .seconds(now)) == mayJudge)
    }
}
