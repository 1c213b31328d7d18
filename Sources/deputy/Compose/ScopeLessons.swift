import Broker
import Gate
import Registry

/// Who learns what a refusal says: of a provider with a manifest about this connection, of a remote server about its tool.
struct ScopeLessons: ScopeChallenges {
    let apis: StepUpDesk
    let servers: ServerDesk

    func challenged(_ lack: ScopeLack, by call: LackingCall) async -> ScopeLesson {
        apis.knows(call.use)
            ? await apis.challenged(lack, by: call) : await servers.challenged(lack, by: call)
    }
}
