import OAuth
import Testing
import Wire

@Suite struct ResourceMetadataTests {
    private let address = ResourceAddress("https://t.example/team/mcp")

    private func read(_ resource: JSON, at place: Int, of address: ResourceAddress?) throws -> ResourceMetadata {
        let address = try #require(address)
        return try ResourceMetadata(
            [
                "resource": resource, "authorization_servers": ["https://id.example", "https://id.example"],
                "scopes_supported": ["a", "b"],
            ], of: address, at: address.places[place])
    }

    @Test func `a resource describes itself behind its path first, then at the root`() throws {
        #expect(
            try #require(address).places.map(\.url) == [
                "https://t.example/.well-known/oauth-protected-resource/team/mcp",
                "https://t.example/.well-known/oauth-protected-resource",
            ])
        #expect(try #require(ResourceAddress("https://t.example")).places.count == 1)
    }

    @Test func `a document speaks of this resource, or at the root of its origin`() throws {
        let own = try read("https://t.example/team/mcp", at: 0, of: address)
        #expect(own.servers.map(\.text) == ["https://id.example"] && own.scopes == ["a", "b"])
        #expect(try read("https://t.example/team/mcp", at: 1, of: address).resource == "https://t.example/team/mcp")
        #expect(try read("https://t.example", at: 1, of: address).resource == "https://t.example")
    }

    @Test(arguments: [
        ("https://other.example/team/mcp", 0), ("https://t.example", 0), ("https://t.example/team", 0),
        ("https://t.example/team", 1), ("https://t.example/team/mcp/x", 0), ("http://t.example/team/mcp", 0),
        ("https://t.example/team/mcp?x", 0),
    ])
    func `another resource's document is refused`(resource: String, place: Int) {
        #expect(throws: MetadataFault.self) { try read(.string(resource), at: place, of: address) }
    }

    @Test func `a document without servers or with strange scopes is refused`() throws {
        let address = try #require(address)
        for document: JSON in [
            ["resource": "https://t.example/team/mcp"],
            ["resource": "https://t.example/team/mcp", "authorization_servers": []],
            ["resource": "https://t.example/team/mcp", "authorization_servers": ["ftp://id.example"]],
            [
                "resource": "https://t.example/team/mcp", "authorization_servers": ["https://id.example"],
                "scopes_supported": ["a b"],
            ],
        ] {
            #expect(throws: MetadataFault.self) {
                try ResourceMetadata(document, of: address, at: address.places[0])
            }
        }
    }
}

@Suite struct ServerMetadataTests {
    private func document(_ changes: JSONObject = [:]) -> JSON {
        var object: JSONObject = [
            "issuer": "https://id.example/t", "authorization_endpoint": "https://id.example/t/authorize",
            "token_endpoint": "https://id.example/t/token", "code_challenge_methods_supported": ["S256"],
            "client_id_metadata_document_supported": true, "registration_endpoint": "https://id.example/t/register",
            "token_endpoint_auth_methods_supported": ["none", "private_key_jwt"], "scopes_supported": ["a"],
        ]
        for (name, value) in changes.members { object[name] = value }
        return .object(object)
    }

    private func issuer() throws -> Issuer { try Issuer("https://id.example/t") }

    @Test(arguments: [
        (
            "https://id.example/t",
            [
                "/.well-known/oauth-authorization-server/t", "/.well-known/openid-configuration/t",
                "/t/.well-known/openid-configuration",
            ]
        ),
        ("https://id.example", ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"]),
        ("https://id.example/", ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"]),
    ])
    func `a server is asked for in MCP's order`(name: String, places: [String]) throws {
        #expect(ServerMetadata.places(of: try Issuer(name)) == places)
    }

    @Test func `what is kept reads as what came`() throws {
        let metadata = try ServerMetadata(document(), of: issuer())
        #expect(metadata.takesClientDocuments && metadata.authentications == [.none] && !metadata.namesItself)
        #expect(try ServerMetadata(metadata.json, of: issuer()) == metadata)
        let kept = ResourceAuthorization(
            resource: "https://t.example/mcp", server: metadata, scopes: ["a"], most: ["a", "b"])
        #expect(ResourceAuthorization(json: kept.json) == kept)
        #expect(kept.authorizationServer.resource == "https://t.example/mcp")
    }

    @Test(
        arguments: [
            ["issuer": "https://id.example/other"], ["issuer": "https://id.example/t/"], ["issuer": .null],
            ["code_challenge_methods_supported": ["plain"]], ["code_challenge_methods_supported": .null],
            ["token_endpoint": "http://id.example/token"], ["authorization_endpoint": "javascript:alert(1)"],
            ["authorization_endpoint": .null], ["revocation_endpoint": "//id.example"],
            ["response_types_supported": ["token"]],
        ] as [JSONObject])
    func `another server's document, or one that lacks what is needed, is refused`(change: JSONObject) {
        #expect(throws: MetadataFault.self) { try ServerMetadata(document(change), of: issuer()) }
    }

    @Test func `another place for tokens is a difference, another list of scopes isn't`() throws {
        func kept(_ changes: JSONObject, _ resource: String = "https://t.example/mcp") throws -> ResourceAuthorization {
            ResourceAuthorization(
                resource: resource, server: try ServerMetadata(document(changes), of: issuer()), scopes: ["a"], most: []
            )
        }
        let before = try kept([:])
        #expect(try kept(["scopes_supported": ["a", "b"]]).differences(from: before).isEmpty)
        #expect(
            try kept(["token_endpoint": "https://evil.example/token"]).differences(from: before) == [
                #"- token_endpoint: "https://id.example/t/token""#, #"+ token_endpoint: "https://evil.example/token""#,
            ])
        #expect(try kept([:], "https://t.example").differences(from: before).count == 2)
    }
}
