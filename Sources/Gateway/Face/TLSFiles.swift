import Authority
import Glibc
import NIOCore
import NIOSSL

/// A certificate with those above it, and its key, each in a PEM file.
public struct TLSFiles: Sendable {
    public let certificate: String
    public let key: String

    public init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }

    /// Reads both, and refuses what clients would: TLS 1.2 at least, with forward secrecy and authenticated encryption.
    ///
    /// - Throws: a file can't be read or isn't what it should be, the key is others' to read, the two don't fit, or the
    ///   certificate isn't valid now.
    func load(now: Timestamp) throws(FaceError) -> NIOSSLContext {
        let chain = try chain()
        try checkDates(of: chain, now)
        let key = try privateKey()
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.cipherSuiteValues = TLSFiles.ciphers
        configuration.applicationProtocols = ["http/1.1"]
        // Few clients say goodbye in TLS before they close.
        configuration.shutdownTimeout = .seconds(1)
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw FaceError(
                .tls, "the key in `\(self.key)` doesn't fit the certificate in `\(certificate)`",
                hint: "the first certificate in the file must be this gateway's own, those above it behind it")
        }
    }

    /// Of TLS 1.2; those of 1.3 are all good.
    private static let ciphers: [NIOTLSCipher] = [
        .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ]

    private func chain() throws(FaceError) -> [NIOSSLCertificate] {
        let bytes = try FileBytes.read(certificate)
        guard let chain = try? NIOSSLCertificate.fromPEMBytes(bytes), !chain.isEmpty else {
            throw FaceError(
                .tls, "`\(certificate)` holds no certificate in PEM form",
                hint: "name the file that begins with -----BEGIN CERTIFICATE-----, often `fullchain.pem`")
        }
        return chain
    }

    private func checkDates(of chain: [NIOSSLCertificate], _ now: Timestamp) throws(FaceError) {
        guard let own = chain.first else { return }
        let seconds = Int(now.microseconds / 1_000_000)
        if own.notValidAfter <= seconds {
            throw FaceError(
                .tls, "the certificate in `\(certificate)` is no longer valid",
                hint: "renew it; the gateway takes the new one without a restart")
        }
        if own.notValidBefore > seconds {
            throw FaceError(
                .tls, "the certificate in `\(certificate)` isn't valid yet", hint: "is this machine's clock right?")
        }
    }

    private func privateKey() throws(FaceError) -> NIOSSLPrivateKey {
        var bytes = try FileBytes.read(key, isSecret: true)
        defer {
            bytes.withUnsafeMutableBytes { bytes in
                if let start = bytes.baseAddress { explicit_bzero(start, bytes.count) }
            }
        }
        do {
            // Without an answer of ours the library would ask for the passphrase on the terminal.
            return try NIOSSLPrivateKey(bytes: bytes, format: .pem) { (_: ([UInt8]) -> Void) in throw Locked() }
        } catch {
            let isLocked = error is Locked || String(decoding: bytes, as: UTF8.self).contains("ENCRYPTED")
            throw isLocked
                ? FaceError(
                    .tls, "the key in `\(key)` is locked with a passphrase",
                    hint: "unlock it: `openssl pkey -in \(key) -out FILE`, or hand it over as a systemd credential")
                : FaceError(
                    .tls, "`\(key)` holds no private key in PEM form",
                    hint: "name the file that begins with -----BEGIN PRIVATE KEY-----, often `privkey.pem`")
        }
    }

    private struct Locked: Error {}
}
