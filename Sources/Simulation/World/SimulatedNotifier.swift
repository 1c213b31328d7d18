import Authority
import Gate

/// A way out for notices that loses and doubles them.
struct SimulatedNotifier: Notifier, NoticeRoutes {
    let universe: Universe
    let life: Life
    let route: NoticeRoute

    func routes() async throws -> [(route: NoticeRoute, notifier: any Notifier)] { [(route, self)] }

    func notify(_ notice: Notice) async throws(NoticeFailure) {
        let fault: Fault?
        do throws(Gone) {
            fault = try await universe.arrive(at: .notifier, in: life)
        } catch {
            throw .unknown("the process is gone")
        }
        switch fault {
        case .error: throw .notSent("no route")
        case .refused: throw .refused("no such mailbox")
        case .lostRequest: throw .unknown("the connection broke")
        case .lostAnswer:
            arrive(notice)
            throw .unknown("the connection broke")
        case .crashAfter:
            arrive(notice)
            life.end()
            throw .unknown("the process is gone")
        case .duplicate: arrive(notice, isRepeat: true)
        case .crashBefore, .slow, .fsync, .torn, .late, .badCredential, .serverError, .tooMany, .cancelled,
            .clockForward, .clockBack, .none:
            break
        }
        arrive(notice)
    }

    private func arrive(_ notice: Notice, isRepeat: Bool = false) {
        universe.note("notice \(notice.person)")
        universe.oracle.noticed(notice.id.raw, by: route.mayRepeat, isRepeat: isRepeat)
    }
}
