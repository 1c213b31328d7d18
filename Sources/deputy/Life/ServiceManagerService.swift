import ServiceLifecycle

/// Tells the service manager that the gateway is alive, and when it begins to stop.
struct ServiceManagerService: NamedService {
    let manager: ServiceManager
    let description = "service manager"

    func run() async throws {
        await cancelWhenGracefulShutdown {
            let pause = manager.watchdog.map { $0 / 2 } ?? .seconds(3_600)
            repeat { manager.tell(.alive) } while (try? await Task.sleep(for: pause)) != nil
        }
        manager.tell(.stopping)
    }
}
