import Foundation
import HTTPTypes

/// IAM's keys of service accounts (docs.cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts.keys). An account
/// changes its own with the role that this takes, and nobody else does.
extension GoogleService {
    private static let mostKeys = 10
    private static let scopes = ["iam", "cloud-platform"].map { GoogleRules.scopeRoot + $0 }

    var keyRoutes: [Route<Operation>] {
        let keys = "/v1/projects/{project}/serviceAccounts/{account}/keys"
        return [
            Route(.get, keys, managing("list", listKeys)), Route(.get, keys + "/{key}", managing("get", readKey)),
            Route(.post, keys + ":upload", managing("upload", uploadKey)),
            Route(.delete, keys + "/{key}", managing("delete", deleteKey)),
        ]
    }

    private func managing(
        _ name: String, _ run: @escaping @Sendable (Call, inout GoogleDomain.ServiceAccount) throws(Answer) -> Answer
    ) -> Operation {
        Operation(name: "google.iam.keys." + name, scopes: Self.scopes) { call, token throws(Answer) in
            let email = call.parameters["account"] ?? ""
            let answer = try domain.change(email) { account throws(Answer) in
                guard account.mayManageKeys, token.owner == email else {
                    throw GoogleRules.no(
                        403, "forbidden",
                        "Permission 'iam.serviceAccountKeys.\(name)' denied on resource (or it may not exist).")
                }
                return try run(call, &account)
            }
            guard let answer else {
                throw GoogleRules.no(403, "forbidden", "Permission denied on resource (or it may not exist).")
            }
            return answer
        }
    }

    private func listKeys(_ call: Call, _ account: inout GoogleDomain.ServiceAccount) throws(Answer) -> Answer {
        let all = account.keys.values.sorted { $0.id < $1.id }
        return Answer(200, ["keys": .array(all.map { $0.json(of: account.email) })])
    }

    private func readKey(_ call: Call, _ account: inout GoogleDomain.ServiceAccount) throws(Answer) -> Answer {
        let isWhole = call.query["publicKeyType"] == "TYPE_X509_PEM_FILE"
        return Answer(200, try key(call, account).json(of: account.email, isWhole: isWhole))
    }

    private func uploadKey(_ call: Call, _ account: inout GoogleDomain.ServiceAccount) throws(Answer) -> Answer {
        let body = try GoogleRules.object(call)
        guard let data = body["publicKeyData"]?.text.flatMap({ Data(base64Encoded: $0) }),
            let key = try? GoogleKey(uploaded: String(decoding: data, as: UTF8.self)), key.ends > desk.now
        else { throw GoogleRules.invalid("The public key must be an RSA key in an X.509 certificate that holds.") }
        guard account.keys.count < Self.mostKeys else {
            throw GoogleRules.no(400, "failedPrecondition", "Precondition check failed.", rpc: "FAILED_PRECONDITION")
        }
        account.keys[key.id] = key
        return Answer(200, key.json(of: account.email))
    }

    private func deleteKey(_ call: Call, _ account: inout GoogleDomain.ServiceAccount) throws(Answer) -> Answer {
        account.keys[try key(call, account).id] = nil
        return Answer(200, [:])
    }

    private func key(_ call: Call, _ account: GoogleDomain.ServiceAccount) throws(Answer) -> GoogleKey {
        guard let key = call.parameters["key"].flatMap({ account.keys[$0] }) else {
            throw GoogleRules.no(404, "notFound", "Service account key does not exist.")
        }
        return key
    }
}
