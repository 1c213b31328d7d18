import Vault

func lengths(_ secret: consuming Secret) -> Int {
    let moved = secret
    return moved.count + moved.count
}
