/// The bounds of everything that the vault takes in, in bytes unless said otherwise.
public enum VaultLimits {
    /// The longest secret that is sealed: the largest private keys and service account files fit several times.
    public static let secretBytes = 64 * 1024
    /// The longest payload that is sealed.
    public static let payloadBytes = 16 * 1024 * 1024
    /// The longest key file that is read.
    public static let keyFileBytes = 64 * 1024
    /// The most keys in one ring.
    public static let keys = 64
}
