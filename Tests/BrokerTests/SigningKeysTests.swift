import Authority
import Broker
import Gate
import Testing
import Twins
import Vault
import Wire

struct SigningKeysTests {
    private let store = MemoryStore()
    private let clock = FakeWorld()

    private func signing(_ keys: KeyRing) -> SigningKeys {
        SigningKeys(store: store, keys: keys, organization: OrganizationID("acme"), world: clock.world)
    }

    private func ids(_ signing: SigningKeys) async throws -> [String] {
        try await signing.published()["keys"]?.arrayValue?.compactMap { $0["kid"]?.stringValue } ?? []
    }

    private func id(of token: String) throws -> String? {
        let head = try #require(token.split(separator: ".").first.flatMap { Base64.decodeURL(String($0)) })
        return try JSON.parse(head)["kid"]?.stringValue
    }

    @Test func `whoever asks first makes the first key, and it stays`() async throws {
        let signing = signing(try KeyRing.ephemeral())
        let published = try await ids(signing)
        let first = try await signing.sign(["sub": "a"])
        #expect(published == [try #require(try id(of: first))])
        #expect(try await ids(signing) == [try #require(try id(of: first))])
        clock.advance(seconds: 89 * 86_400)
        #expect(try id(of: try await signing.sign(["sub": "b"])) == id(of: first))
    }

    @Test func `a key is followed by another after a time, and published for a day longer`() async throws {
        let signing = signing(try KeyRing.ephemeral())
        let first = try #require(try id(of: try await signing.sign([:])))
        clock.advance(seconds: 90 * 86_400)
        let second = try #require(try id(of: try await signing.sign([:])))
        #expect(first != second)
        #expect(try await ids(signing) == [first, second])
        clock.advance(seconds: 86_400)
        #expect(try await ids(signing) == [second])
        let third = try await signing.rotate(by: "operator:1")
        #expect(try await ids(signing) == [second, third])
        #expect(try id(of: try await signing.sign([:])) == third)
    }

    @Test func `what is kept is sealed, and opens with this home's keys alone`() async throws {
        let signing = signing(try KeyRing.ephemeral())
        _ = try await signing.sign([:])
        let sealed = try #require(try await store.signingKeys())
        #expect(!String(decoding: sealed, as: UTF8.self).contains("created"))
        await #expect(throws: BrokerError.self) { try await self.signing(try KeyRing.ephemeral()).sign([:]) }
    }

    @Test func `published keys hold nothing that signs`() async throws {
        let signing = signing(try KeyRing.ephemeral())
        _ = try await signing.sign([:])
        let key = try #require(try await signing.published()["keys"]?[0]?.objectValue)
        #expect(Set(key.keys) == ["kty", "use", "alg", "kid", "n", "e"])
    }

    @Test func `of many that come first one key comes`() async throws {
        let signing = signing(try KeyRing.ephemeral())
        let found = try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<10 { group.addTask { try id(of: try await signing.sign([:])) } }
            return try await group.reduce(into: Set<String?>()) { $0.insert($1) }
        }
        #expect(found.count == 1)
    }

    @Test func `a key on P-256 of before stays published for a day, and signs no more`() async throws {
        let ring = try KeyRing.ephemeral()
        let before: JSON = [
            [
                "id": "old", "created": .number(JSONNumber(clock.world.now().microseconds)),
                "key": .string(Base64.encode(SigningKey().bytes)),
            ]
        ]
        let sealed = try ring.sealPayload(before.bytes(), id: "signing-keys")
        try await store.commit(Transaction(changes: [SigningKeyChange.keep(sealed)]))
        let signing = signing(ring)
        #expect(try await ids(signing) == ["old"])
        let next = try #require(try id(of: try await signing.sign([:])))
        #expect(try await ids(signing) == ["old", next])
        clock.advance(seconds: 86_400)
        #expect(try await ids(signing) == [next])
    }
}
