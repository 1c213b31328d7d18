import Crypto
import SwiftASN1
import Wire

/// A certificate by which an authorization server knows our key (RFC 5280). It proves nothing to us: of it we need its
/// digest, its public key and how long it holds.
public struct ClientCertificate: Sendable, Hashable {
    public let der: [UInt8]
    /// `SubjectPublicKeyInfo`, in DER.
    let publicKey: [UInt8]
    /// Seconds since 1970.
    public let notBefore: Int64
    /// Seconds since 1970: the last at which it holds.
    public let notAfter: Int64

    /// - Throws: `KeyFault` when these bytes aren't a certificate.
    public init(der: [UInt8], place: String) throws(KeyFault) {
        do {
            let parts = try CertificateParts(der)
            (publicKey, notBefore, notAfter) = (parts.publicKey, parts.notBefore, parts.notAfter)
        } catch {
            throw KeyFault(place, "its certificate can't be read", hint: "a file cut off, or edited?")
        }
        self.der = der
    }

    /// As a file has it (RFC 7468).
    var pem: String { PEMDocument(type: "CERTIFICATE", derBytes: der).pemString + "\n" }

    /// `x5t#S256` of RFC 7515 section 4.1.8.
    public var thumbprint: String { Base64.encodeURL(Digest.sha256(of: der).bytes) }
    /// What Microsoft's directory tells certificates by: a name, and no proof of anything.
    public var sha1: [UInt8] { Array(Insecure.SHA1.hash(data: der)) }
}

/// A private key, and the certificate that a server knows it by.
public struct CertifiedKey: Sendable {
    public let key: AssertionKey
    public let certificate: ClientCertificate

    /// - Parameter text: a PEM file with the private key and, first of its certificates, the key's own.
    public init(pem text: String, place: String) throws(KeyFault) {
        let parts = try PEMParts(text, place: place)
        guard let key = parts.key else { throw KeyFault(place, "it has no private key") }
        guard let certificate = parts.certificates.first else {
            throw KeyFault(place, "it has no certificate", hint: "put the certificate and its private key in one file")
        }
        try self.init(
            AssertionKey(der: key, place: place), ClientCertificate(der: certificate, place: place), place: place)
    }

    public init(_ key: AssertionKey, _ certificate: ClientCertificate, place: String) throws(KeyFault) {
        guard key.publicKey == certificate.publicKey else {
            throw KeyFault(place, "its certificate is another key's")
        }
        self.key = key
        self.certificate = certificate
    }
}

/// The three things that are read of a certificate; everything else is passed by.
private struct CertificateParts {
    let publicKey: [UInt8]
    let notBefore: Int64
    let notAfter: Int64

    init(_ der: [UInt8]) throws {
        self = try DER.sequence(try DER.parse(der), identifier: .sequence) { outer in
            guard let body = outer.next() else { throw Malformed() }
            // The signature algorithm and the signature.
            guard outer.next() != nil, outer.next() != nil else { throw Malformed() }
            return try DER.sequence(body, identifier: .sequence, CertificateParts.init(body:))
        }
    }

    /// Of `TBSCertificate` (RFC 5280 section 4.1).
    private init(body: inout ASN1NodeCollection.Iterator) throws {
        func next() throws -> ASN1Node {
            guard let node = body.next() else { throw Malformed() }
            return node
        }
        let first = try next()
        // The version is explicit and optional; then come serial number, signature algorithm and issuer.
        if first.identifier.tagClass == .contextSpecific { _ = try next() }
        _ = try next()
        _ = try next()
        (notBefore, notAfter) = try DER.sequence(try next(), identifier: .sequence) { times in
            guard let from = times.next(), let to = times.next() else { throw Malformed() }
            return (try CertificateParts.seconds(from), try CertificateParts.seconds(to))
        }
        _ = try next()
        publicKey = Array(try next().encodedBytes)
        // Extensions and the like, which aren't ours to judge.
        while body.next() != nil {}
    }

    private static func seconds(_ node: ASN1Node) throws -> Int64 {
        if node.identifier == UTCTime.defaultIdentifier {
            let time = try UTCTime(derEncoded: node)
            return seconds(time.year, time.month, time.day, time.hours, time.minutes, time.seconds)
        }
        let time = try GeneralizedTime(derEncoded: node)
        return seconds(time.year, time.month, time.day, time.hours, time.minutes, time.seconds)
    }

    /// Days are counted from March 1 of the year 0, so that a leap day is the last of its year.
    private static func seconds(_ year: Int, _ month: Int, _ day: Int, _ hour: Int, _ minute: Int, _ second: Int)
        -> Int64
    {
        let years = month > 2 ? year : year - 1
        let days = 365 * years + years / 4 - years / 100 + years / 400 + (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return Int64((days - 719_468) * 86_400 + hour * 3_600 + minute * 60 + second)
    }

    private struct Malformed: Error {}
}
