// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .treatAllWarnings(as: .error),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTesting = Target.Dependency.product(name: "HummingbirdTesting", package: "hummingbird")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let tracing = Target.Dependency.product(name: "Tracing", package: "swift-distributed-tracing")
let nioWebSocket = Target.Dependency.product(name: "NIOWebSocket", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")

/// A wall: what a target may import is what stands here, and `Scripts/layers.json` repeats it for the layer check.
func wall(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

func program(_ name: String, _ dependencies: [Target.Dependency], path: String? = nil) -> Target {
    .executableTarget(name: name, dependencies: dependencies, path: path, swiftSettings: strict)
}

func tests(of name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.target(name: name)] + dependencies, swiftSettings: strict)
}

let package = Package(
    name: "deputy",
    products: [
        .executable(name: "deputy", targets: ["deputy"]),
        .executable(name: "acme", targets: ["acme"]),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.33.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    ],
    targets: [
        // pure
        wall("Wire", [crypto]),
        wall("Authority", []),
        wall("Ledger", ["Wire", crypto]),
        wall(
            "Definition", ["Wire", "Authority", "OAuth"],
            resources: [
                "anthropic", "calendar", "gmail", "mailtools", "notion", "openai", "outlook", "rippling", "slack",
            ].map { .embedInCode("Providers/\($0).json5") }),
        wall("OAuth", ["Wire", asn1, crypto, cryptoExtras]),
        wall("OpenID", ["Wire", "OAuth", crypto, cryptoExtras]),
        .target(name: "CPKCS11"),
        wall("Vault", ["CPKCS11", crypto, cryptoExtras]),
        wall("Telemetry", ["Wire", logging, tracing]),
        // use cases
        wall("Gate", ["Wire", "Authority", "Ledger", logging]),
        wall("Registry", ["Wire", "Authority", "Definition", "Ledger", "OAuth", "OpenID", "Gate"]),
        wall("Broker", ["Wire", "Authority", "Definition", "Ledger", "OAuth", "OpenID", "Vault", "Gate", logging]),
        wall("Turns", ["Wire", "Authority", "Ledger", "Gate", logging]),
        // adapters
        .target(name: "CLibpq", linkerSettings: [.linkedLibrary("pq")]),
        wall("PostgreSQL", ["CLibpq"]),
        wall(
            "Storage",
            ["Wire", "Authority", "Ledger", "OAuth", "Gate", "Registry", "Broker", "Turns", "PostgreSQL", grdb, sqlite]),
        wall("Mail", ["Wire", nioCore, nioPosix, nioSSL]),
        wall(
            "Egress",
            [
                "Wire", "Authority", "OAuth", "OpenID", "Vault", "Gate", "Broker", "Mail", "Turns", "Telemetry",
                httpClient,
                logging,
                nioCore,
                nioHTTP1,
                nioPosix, nioSSL, nioWebSocket, tracing,
            ]),
        wall("Models", ["Wire", "Authority", "Turns"]),
        wall("Tools", ["Wire", "Authority", "Definition", "Gate"]),
        wall("Channels", ["Wire", "Authority", "Gate", "Turns"]),
        // edge
        wall(
            "Console", [mustache],
            resources: [
                "account", "agreements", "approval", "approvals", "browsers", "clients", "connect", "connectcard",
                "chat", "chats", "connections", "consent", "foot", "head", "linklogin", "linksender", "login",
                "memory", "memoryrow", "message", "offer", "ownmemory", "payloads", "schedules", "senders", "shares",
                "signin", "tokens", "tool", "tools", "week",
            ].map { .embedInCode("Templates/\($0).mustache") } + [
                .embedInCode("Templates/style.css"), .embedInCode("Templates/chat.js"),
            ]),
        wall(
            "Gateway",
            [
                "Wire", "Authority", "Definition", "Ledger", "OAuth", "OpenID", "Gate", "Registry", "Broker", "Console",
                "Telemetry", "Turns",
                httpTypes, hummingbird, hummingbirdCore, logging,
                nioCore, nioHTTP1, nioHTTPTypes, nioSSL, tracing,
            ]),
        program(
            "deputy",
            [
                "Wire", "Authority", "Definition", "Ledger", "OAuth", "OpenID", "Vault", "Gate", "Registry", "Broker",
                "Storage", "Turns", "Models", "Channels",
                "Egress",
                "Tools", "Console", "Gateway", "Telemetry", argumentParser, hummingbird,
                httpClient, lifecycle,
                logging,
                nioCore,
                nioHTTP1, signals, tracing,
            ]),
        // beside
        program(
            "acme",
            [
                argumentParser, crypto, cryptoExtras, httpClient, httpTypes, hummingbird, lifecycle, logging, nioCore,
                nioHTTP1, nioPosix, nioSSL, nioWebSocket, signals,
            ]),
        program(
            "Bench",
            [
                "Wire", "Authority", "OAuth", "Definition", "Ledger", "Vault", "Gate", "Registry", "Broker", "Storage",
                "Tools", "Twins", crypto, logging,
            ], path: "Benchmarks/Bench"),
        wall("Twins", ["Wire", "Authority", "Ledger", "OAuth", "Gate", "Registry", "Broker", "Turns"]),
        wall("TestCluster", ["PostgreSQL"]),
        wall(
            "Simulation",
            [
                "Wire", "Authority", "OAuth", "Definition", "Ledger", "Vault", "Gate", "Registry", "Broker", "Twins",
                logging,
            ]),
        program("simulate", ["Simulation", argumentParser]),

        tests(of: "Wire", []),
        tests(of: "Authority", ["Wire"]),
        tests(of: "Ledger", ["Wire", crypto]),
        tests(of: "Definition", ["Wire", "Authority", "OAuth"]),
        tests(of: "OAuth", ["Wire", crypto, cryptoExtras]),
        tests(of: "OpenID", ["Wire", "OAuth", crypto, cryptoExtras]),
        tests(of: "Vault", []),
        tests(of: "Telemetry", ["Wire", logging, tracing]),
        tests(of: "Gate", ["Wire", "Authority", "Ledger", "Twins", logging]),
        tests(of: "Registry", ["Wire", "Authority", "Definition", "Ledger", "OAuth", "Gate", "Twins", crypto]),
        tests(
            of: "Broker",
            [
                "Wire", "Authority", "Ledger", "Definition", "OAuth", "OpenID", "Vault", "Gate", "Registry", "Storage",
                "TestCluster", "Turns", "Twins", crypto, logging,
            ]),
        tests(
            of: "Storage",
            [
                "Wire", "Authority", "OAuth", "Definition", "Ledger", "Vault", "Gate", "Registry", "Broker",
                "PostgreSQL",
                "Simulation", "TestCluster", "Turns", "Twins", logging,
            ]),
        tests(of: "Turns", ["Wire", "Authority", "Ledger", "Gate", "Twins", logging]),
        tests(of: "PostgreSQL", ["TestCluster"]),
        tests(of: "Channels", ["Wire", "Authority", "Gate", "Turns", crypto]),
        tests(of: "Console", []),
        tests(of: "Mail", ["Wire"]),
        tests(
            of: "Egress",
            [
                "Wire", "Authority", "OAuth", "OpenID", "Vault", "Gate", "Broker", "Mail", "Telemetry", "Turns",
                "Twins",
                httpTypes,
                hummingbird, logging, nioCore, nioEmbedded, nioHTTP1, nioPosix, nioWebSocket, tracing,
            ]),
        tests(of: "Models", ["Wire", "Authority", "Turns"]),
        tests(of: "Tools", ["Wire", "Authority", "Definition", "Gate"]),
        tests(
            of: "Gateway",
            [
                "Wire", "Authority", "Definition", "Ledger", "Vault", "OAuth", "Gate", "Registry", "Broker", "Turns",
                "Console",
                "Telemetry", "Twins", httpTypes,
                hummingbird, hummingbirdTesting, logging, nioCore, nioPosix,
            ]),
        tests(of: "Simulation", ["Gate", "TestCluster", "Twins"]),
        tests(of: "deputy", ["Wire"]),
    ],
    swiftLanguageModes: [.v6]
)
