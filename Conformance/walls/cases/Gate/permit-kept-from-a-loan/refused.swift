import Gate

final class Drawer {
    var kept: Permit?
    var call: JudgedCall?

    func keep(_ permit: borrowing Permit) {
        kept = permit
    }
}
