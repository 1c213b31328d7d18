import Gate

func report(_ failure: UpstreamFailure, _ permit: consuming Permit) -> EffectReport {
    EffectReport(.failure(failure), permit.spend())
}
