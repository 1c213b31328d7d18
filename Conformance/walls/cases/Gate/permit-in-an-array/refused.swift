import Gate

final class Drawer {
    var permits: [Permit] = []
}
