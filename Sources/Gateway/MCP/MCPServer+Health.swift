public import Hummingbird
import Wire

extension MCPServer {
    /// Adds `/healthz`, which says that the process answers, and `/readyz`, which says whether it can do its work.
    ///
    /// - Parameter isReady: whether calls could be carried out now. Asked for each request to `/readyz`.
    public func addHealth(
        to router: Router<GatewayContext>, isReady: @escaping @Sendable () async -> Bool
    ) {
        router.get("/healthz") { _, _ in
            Response.json(["status": "ok"])
        }
        router.get("/readyz") { _, _ in
            await isReady()
                ? Response.json(["status": "ready"])
                : Response.json(["status": "not ready"], status: .serviceUnavailable)
        }
    }
}
