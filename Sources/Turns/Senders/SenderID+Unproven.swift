public import Authority

extension SenderID {
    private static let unproven = "mail:unproven:"

    /// A sender by a name that anybody could have written. It is nobody, and can't be an address.
    ///
    /// - Parameter address: what stands there, such as `alice@acme.test`.
    public static func unproven(_ address: String) -> SenderID { SenderID(unproven + address) }

    public var isUnproven: Bool { raw.hasPrefix(SenderID.unproven) }

    /// What stands there; nil for one that is proved.
    public var unprovenAddress: String? { isUnproven ? String(raw.dropFirst(SenderID.unproven.count)) : nil }
}
