import Gate

func forge(_ call: JudgedCall, _ plan: RequestPlan) -> JudgedCall {
    let make = JudgedCall.init
    _ = make
    return call
}
