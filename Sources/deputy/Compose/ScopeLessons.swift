import Broker
import Gate
import Registry

/// Who learns what a refusal says: of a provider with a manifest about this connection, of a remote server about its tool.
struct ScopeLessons: ScopeChallenges {
    let apis: StepUpDesk
    let servers: ServerDesk
    /// Has a connection asked for anew which nobody consents to; nil where that is done, or there is nothing to do.
    let widened: @Sendable (ConnectionUse) async -> ScopeRefusal?

    func challenged(_ lack: ScopeLack, by call: LackingCall) async -> ScopeLesson {
        guard !apis.knows(call.use) else { return await apis.challenged(lack, by: call) }
        let lesson = await servers.challenged(lack, by: call)
        guard case .learned = lesson, let use = call.use, let refusal = await widened(use) else { return lesson }
        return .refused(refusal)
    }
}
