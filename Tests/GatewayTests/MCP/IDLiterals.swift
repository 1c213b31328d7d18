import Authority

extension ID: @retroactive ExpressibleByUnicodeScalarLiteral, @retroactive ExpressibleByExtendedGraphemeClusterLiteral,
    @retroactive ExpressibleByStringLiteral
{
    public init(stringLiteral value: String) { self.init(value) }
}
