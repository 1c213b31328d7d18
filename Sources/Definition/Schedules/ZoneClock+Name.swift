public import Authority
import Foundation

extension ZoneClock {
    /// The clocks of a zone of the time zone database, or of UTC; nil for another name. Never the host's.
    public init?(named name: String) {
        guard let zone = TimeZone(identifier: name) else { return nil }
        self.init { Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval($0)))) }
    }

    static func isZone(_ name: String) -> Bool { name == "UTC" || TimeZone.knownTimeZoneIdentifiers.contains(name) }
}
