import Gate
import Wire

func alter(_ call: JudgedCall, _ arguments: JSONObject) -> JSONObject {
    var altered = call
    altered = call
    return altered.arguments
}
