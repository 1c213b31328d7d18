import Gate

final class Drawer {
    var permit: Permit?
}
