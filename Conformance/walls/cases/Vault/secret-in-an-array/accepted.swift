import Vault

func keep(_ secret: consuming Secret) {
    let kept = secret
    _ = kept.count
}
