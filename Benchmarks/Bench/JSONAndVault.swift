import Foundation
import Vault
import Wire

extension Bench {
    private struct Message: Decodable {
        struct Params: Decodable {
            struct Arguments: Decodable {
                let query: String
                let page_size: Int
                let filters: [String]
                let text: String
            }

            let name: String
            let arguments: Arguments
        }

        let jsonrpc: String
        let id: Int
        let method: String
        let params: Params
    }

    /// One `tools/call` of about 700 bytes.
    static func jsonRows() throws -> [JSON] {
        let text = String(repeating: "Where is the roadmap for the next quarter? ", count: 10)
        let message = """
            {"jsonrpc":"2.0","id":17,"method":"tools/call","params":{"name":"notion.search","arguments":{"query":"Roadmap \
            2027","page_size":20,"filters":["page","database","workspace"],"text":"\(text)"}}}
            """
        let bytes = Array(message.utf8)
        let data = Data(bytes)
        let count = 20_000
        let ours = try seconds { for _ in 0..<count { _ = try JSON.parse(bytes) } } / Double(count)
        let decoder = JSONDecoder()
        let theirs =
            try seconds(runs: 3) {
                for _ in 0..<count / 4 { _ = try decoder.decode(Message.self, from: data) }
            } / Double(count / 4)
        return [
            row(
                "JSON parse, \(bytes.count) bytes", ours * 1e6, "µs",
                more: ["peer": "JSONDecoder", "peer_value": number(theirs * 1e6), "times": number(theirs / ours)])
        ]
    }

    static func vaultRows() throws -> [JSON] {
        let keys = try KeyRing.ephemeral()
        let context = SealContext(
            organization: "acme", ownerKind: "person", owner: "alice", provider: "notion",
            host: "https://notion.example",
            issuer: "", account: "a", connection: "con", kind: "bearer", generation: 1)
        let secret = Secret.random(count: 50)
        let sealed = try keys.seal(secret, context)
        let count = 20_000
        let seal = try seconds { for _ in 0..<count { _ = try keys.seal(secret, context) } } / Double(count)
        let open = try seconds { for _ in 0..<count { _ = try keys.open(sealed, context) } } / Double(count)
        return [row("seal", seal * 1e6, "µs"), row("open", open * 1e6, "µs")]
    }
}
