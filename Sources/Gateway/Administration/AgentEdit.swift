import Authority
import Wire

/// A change of an agent's definition, as a request says it.
struct AgentEdit {
    /// Keys of the definition with their new values.
    let changes: JSONObject
    /// The same of what is kept beside the mandate.
    let about: JSONObject
    let acknowledged: Bool
    /// What the changes were made from.
    let expecting: Digest?

    init(_ body: JSONObject, of agent: AgentID) throws(BodyError) {
        if body["users"] != nil {
            throw BodyError(
                message: "who may use an agent isn't edited", hint: "share it: `deputy agents share \(agent) --with …`")
        }
        let about = ["sandbox", "audit"]
        let said = ["acknowledgeOwnAccount", "expecting"]
        let keys = [
            "approvers", "slots", "tools", "allow", "deny", "guests", "ask", "lift", "budget", "restricted",
            "subjects",
        ]
        let reader = try BodyReader(body, keys: keys + about + said)
        changes = JSONObject(body.members.filter { keys.contains($0.key) })
        self.about = JSONObject(body.members.filter { about.contains($0.key) })
        acknowledged = try reader.flag("acknowledgeOwnAccount")
        expecting = try reader.text("expecting").map { text throws(BodyError) in
            guard let digest = Digest(hex: text) else {
                throw BodyError(message: "`expecting` must be the digest of a definition", hint: nil)
            }
            return digest
        }
    }
}

/// A copy of an agent, as a request says it.
struct AgentCopy {
    let name: AgentID
    let actsAs: ActsAs
    let owner: PersonID?
    let tier: Tier?
    let principals: Set<PersonID>

    init(_ body: JSONObject) throws(BodyError) {
        let reader = try BodyReader(body, keys: ["name", "as", "owner", "tier", "principals"])
        guard let actsAs = try reader.word("as", of: ActsAs.self) else {
            throw BodyError(message: "`as` is missing", hint: "one of `assistant`, `claw`, `delegate`")
        }
        self.actsAs = actsAs
        name = AgentID(try reader.required("name"))
        owner = try reader.text("owner").map { PersonID($0) }
        tier = try reader.tier()
        principals = Set(try reader.texts("principals").map { PersonID($0) })
    }
}

extension BodyReader {
    func tier() throws(BodyError) -> Tier? {
        try integer("tier").map { number throws(BodyError) in
            guard let tier = Tier(rawValue: Int(clamping: number)) else {
                throw BodyError(message: "`tier` can't be \(number)", hint: "1, 2 or 3")
            }
            return tier
        }
    }
}
