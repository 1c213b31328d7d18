import Authority

extension NoticeRunner {
    /// Without those of what is shown elsewhere, or will be in a moment.
    func unreached(_ notices: [QueuedNotice], at now: Timestamp) async throws -> [QueuedNotice] {
        var unreached: [QueuedNotice] = []
        for notice in notices {
            switch notice.subject {
            case .agreement, .tools, .connection, .trouble, .schedule: unreached.append(notice)
            case .approval(let id):
                switch try await reach(id, notice.person) {
                case .unreached: unreached.append(notice)
                case .underWay:
                    if notice.created.adding(seconds: NoticeRunner.patience) <= now { unreached.append(notice) }
                case .reached: try await commit([notice.settled(.needless, at: now)])
                }
            }
        }
        return unreached
    }
}
