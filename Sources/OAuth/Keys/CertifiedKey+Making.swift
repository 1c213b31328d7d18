import Crypto
import CryptoExtras
import Wire

extension CertifiedKey {
    /// A new RSA key of 2,048 bits with a certificate that it signs itself (RFC 5280 section 4.1). Takes some tenths of a
    /// second.
    ///
    /// - Parameters:
    ///   - name: of subject and issuer; says nothing of anybody.
    ///   - from: seconds since 1970, from which it holds.
    ///   - until: seconds since 1970: the last at which it holds.
    public static func made(named name: String, from: Int64, until: Int64) throws(GrantFault) -> CertifiedKey {
        do {
            let key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
            let body = CertificateBody(
                name: name, from: from, until: until, publicKey: Array(key.publicKey.derRepresentation)
            ).der
            let signature = try key.signature(for: body, padding: .insecurePKCS1v1_5).rawRepresentation
            let der = DERBytes.sequence(body, CertificateBody.signing, DERBytes.wrap(0x03, [0] + signature))
            guard let made = AssertionKey(bytes: Array(key.pkcs8DERRepresentation)) else { throw GrantFault.signing }
            return try CertifiedKey(made, ClientCertificate(der: der, place: "the new one"), place: "the new one")
        } catch {
            throw .signing
        }
    }
}

/// `TBSCertificate`, of version 3 and without extensions.
private struct CertificateBody {
    let name: String
    let from: Int64
    let until: Int64
    let publicKey: [UInt8]

    /// `sha256WithRSAEncryption`.
    static let signing = DERBytes.sequence(
        [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B], [0x05, 0x00])
    private static let commonName: [UInt8] = [0x06, 0x03, 0x55, 0x04, 0x03]

    var der: [UInt8] {
        let version = DERBytes.wrap(0xA0, [0x02, 0x01, 0x02])
        // Positive, and of full length.
        let serial = DERBytes.wrap(0x02, [0x40] + randomBytes(15))
        let attribute = DERBytes.sequence(CertificateBody.commonName, DERBytes.wrap(0x0C, Array(name.utf8)))
        let names = DERBytes.sequence(DERBytes.wrap(0x31, attribute))
        return DERBytes.sequence(
            version, serial, CertificateBody.signing, names,
            DERBytes.sequence(CertificateBody.time(from), CertificateBody.time(until)), names, publicKey)
    }

    /// Of two digits for the year before 2050, and of four from then on (RFC 5280 section 4.1.2.5).
    static func time(_ seconds: Int64) -> [UInt8] {
        let (year, month, day) = civil(seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400)
        let rest = ((seconds % 86_400) + 86_400) % 86_400
        let digits = [month, day, rest / 3_600, rest / 60 % 60, rest % 60].map(two).joined()
        return year < 2050
            ? DERBytes.wrap(0x17, Array((two(year % 100) + digits + "Z").utf8))
            : DERBytes.wrap(0x18, Array((two(year / 100) + two(year % 100) + digits + "Z").utf8))
    }

    private static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }

    /// Days are counted from March 1 of the year 0, so that a leap day is the last of its year.
    private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let inEra = shifted - era * 146_097
        let yearOfEra = (inEra - inEra / 1_460 + inEra / 36_524 - inEra / 146_096) / 365
        let inYear = inEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * inYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, inYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}

/// Writes DER (X.690 section 10).
private enum DERBytes {
    static func sequence(_ parts: [UInt8]...) -> [UInt8] { wrap(0x30, parts.flatMap(\.self)) }

    static func wrap(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        var length = content.count
        guard length >= 128 else { return [tag, UInt8(length)] + content }
        var octets: [UInt8] = []
        while length > 0 {
            octets.insert(UInt8(length & 0xFF), at: 0)
            length >>= 8
        }
        return [tag, 0x80 | UInt8(octets.count)] + octets + content
    }
}
