import Gate

func act(_ permit: consuming Permit) -> Permit? {
    let spent = permit.spend()
    _ = spent.call.id
    return permit
}
