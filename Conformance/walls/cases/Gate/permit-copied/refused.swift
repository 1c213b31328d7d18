import Gate

func keep(_ permit: consuming Permit) -> Permit {
    copy permit
}
