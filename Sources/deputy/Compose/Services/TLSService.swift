import Gate
import Gateway
import Logging
import ServiceLifecycle

/// Takes a renewed certificate when its files changed. Open connections keep the one that they began with.
struct TLSService: NamedService {
    let identity: LiveIdentity
    let world: World
    let log: Logger
    /// How often the files are looked at.
    var pause = Duration.seconds(10)
    let description = "tls"

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: pause)) != nil {
                tell(identity.renewIfChanged(now: world.now()))
            }
        }
    }

    /// At SIGHUP, whether or not the files look changed.
    var reload: Reload.Action {
        Reload.Action(name: "certificate") {
            let renewal = identity.renew(now: world.now())
            if case .kept(let error) = renewal { throw error }
            tell(renewal)
        }
    }

    private func tell(_ renewal: LiveIdentity.Renewal) {
        switch renewal {
        case .unchanged: break
        case .renewed: log.notice("new connections get the renewed certificate")
        case .kept(let error):
            log.error(
                "the certificate isn't renewed, and the one before goes on",
                metadata: ["reason": "\(error.message)", "hint": "\(error.hint ?? "")"])
        }
    }
}
