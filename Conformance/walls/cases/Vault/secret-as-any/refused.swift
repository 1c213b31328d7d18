import Vault

func erase(_ secret: consuming Secret) {
    let erased: Any = secret
    _ = erased
}
