import Authority
import Broker
import HTTPTypes
public import Hummingbird
import Registry
import Wire

/// Where authorization servers of remote servers read who this home is: a document for each server, which is its client id
/// there. It says the same of every name, so that nobody learns from it which servers there are.
public struct ClientDocumentRoute: Sendable {
    private let publicURL: @Sendable () -> String

    public init(publicURL: @escaping @Sendable () -> String) {
        self.publicURL = publicURL
    }

    public func addRoutes(to router: Router<GatewayContext>) {
        router.get("/oauth/clients/:name") { _, context in
            guard let file = context.parameters.get("name"), file.hasSuffix(".json"),
                case let name = String(file.dropLast(".json".count)),
                PlainName.isPlain(name)
            else { return Response(status: .notFound) }
            return .json(ClientDescription.document(ProviderID(name), publicURL()))
        }
    }
}
