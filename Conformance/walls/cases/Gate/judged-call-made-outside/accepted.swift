import Gate

func forge(_ call: JudgedCall, _ plan: RequestPlan) -> JudgedCall {
    let make = RequestPlan.init
    _ = make
    return call
}
