/// Acme's people as Rippling has them.
enum RipplingWorld {
    struct Worker: Sendable {
        let owner: String
        let id: String
        let number: Int
        let name: (given: String, family: String)
        let title: String
        let department: String
        let salary: Int
        let start: String

        var email: String {
            "\(owner)@acme.test"
        }
    }

    static let company = "66aac3e00000000000000401"

    static let departments = ["Engineering": "66d0e90000000000000000e1", "Operations": "66d0e90000000000000000e2"]

    static let workers = [
        Worker(
            owner: "alice", id: "66f1a11ce000000000000001", number: 101, name: ("Alice", "Ames"),
            title: "Software Engineer", department: "Engineering", salary: 118_000, start: "2026-11-02"),
        Worker(
            owner: "bob", id: "66f1b0b00000000000000002", number: 102, name: ("Bob", "Brandt"),
            title: "Product Designer", department: "Engineering", salary: 121_500, start: "2026-11-09"),
        Worker(
            owner: "carol", id: "66f1ca401000000000000003", number: 103, name: ("Carol", "Chen"),
            title: "Engineering Manager", department: "Engineering", salary: 164_000, start: "2023-03-01"),
        Worker(
            owner: "dana", id: "66f1da4a0000000000000004", number: 104, name: ("Dana", "Reyes"),
            title: "Head of Operations", department: "Operations", salary: 158_000, start: "2022-06-15"),
    ]
}
