import Testing

@testable import PostgreSQL

@Suite struct URLTests {
    @Test(arguments: [
        "postgresql://db.example/deputy", "postgresql://u:p@10.0.0.7/deputy", "postgres://u@[2001:db8::1]:5433/deputy",
        "postgresql://localhost,db.example/deputy", "postgresql://u@/deputy?host=db.example",
        "postgresql://localhost/deputy?hostaddr=10.0.0.7",
    ])
    func `another machine's certificate is checked unless the URL says otherwise`(text: String) throws {
        let url = try DatabaseURL(text)
        #expect(url.parameters["sslmode"] == "verify-full")
        #expect(url.parameters["sslrootcert"]?.isEmpty == false)
    }

    @Test(arguments: ["disable", "allow", "prefer"])
    func `a connection to another machine that others can read is refused, with a way out`(mode: String) {
        #expect {
            _ = try DatabaseURL("postgresql://u:geheim@db.example/deputy?sslmode=\(mode)")
        } throws: { error in
            let text = "\(error)"
            return (error as? PostgreSQLError)?.kind == .invalidURL && text.contains("sslmode=\(mode)")
                && text.contains("`db.example`") && text.contains("sslmode=require") && !text.contains("geheim")
        }
    }

    @Test(arguments: ["require", "verify-ca", "verify-full"])
    func `a mode that encrypts is taken as it is`(mode: String) throws {
        let url = try DatabaseURL("postgresql://db.example/deputy?sslmode=\(mode)&sslrootcert=/ca.pem")
        #expect(url.parameters["sslmode"] == mode)
        #expect(url.parameters["sslrootcert"] == "/ca.pem")
    }

    @Test(arguments: [
        "postgresql:///deputy", "postgresql:///deputy?host=/run/postgresql", "postgresql://localhost/deputy",
        "postgresql://127.0.0.1:5433/deputy", "postgresql://[::1]/deputy", "postgresql://127.8.0.1,localhost/deputy",
    ])
    func `this machine is reached as the URL says`(text: String) throws {
        #expect(try DatabaseURL(text).parameters["sslmode"] == nil)
    }

    @Test(arguments: ["", "mysql://u:geheim@h/d", "host=h password=geheim", "postgresql://u:geheim@h:port:x/d?a"])
    func `what isn't a database's URL is refused without being repeated`(text: String) {
        #expect {
            _ = try DatabaseURL(text)
        } throws: { ($0 as? PostgreSQLError)?.kind == .invalidURL && !"\($0)".contains("geheim") }
    }

    @Test func `a service file isn't read, since it could name another host`() {
        #expect(throws: PostgreSQLError.self) { _ = try DatabaseURL("postgresql:///?service=prod") }
    }

    @Test func `the password is in no description`() throws {
        let url = try DatabaseURL("postgresql://alice:geh%20eim@localhost:5433/deputy?sslpassword=verborgen")
        var dumped = ""
        dump(url, to: &dumped)
        for text in ["\(url)", String(reflecting: url), dumped, "\([url])"] {
            #expect(!text.contains("geh") && !text.contains("verborgen"))
        }
        #expect("\(url)" == "postgresql://alice@localhost:5433/deputy")
        #expect(url.parameters["password"] == "geh eim")
    }

    @Test func `what the session is told doesn't undo what the URL says`() throws {
        let url = try DatabaseURL("postgresql:///d?application_name=other&options=-c%20work_mem%3D8MB")
        let parameters = ConnectionParameters(url, SessionSettings())
        #expect(parameters.refusal("no reason").message == "no reason")
    }

    @Test func `a refusal repeats no password`() throws {
        let parameters = ConnectionParameters(try DatabaseURL("postgresql://u:geheim@localhost/d"), SessionSettings())
        #expect(parameters.refusal(" first \n for geheim\n").message == "first; for …")
    }

    @Test func `a name with several addresses is tried at each, with its port`() {
        let parameters = ["host": "db,/run,10.0.0.9", "port": "1,2,3"]
        let resolved = HostLookup.expand(
            parameters, ["db", "/run", "10.0.0.9"], [["10.0.0.7", "2001:db8::1"], ["/run"], ["10.0.0.9"]])
        #expect(resolved["host"] == "db,db,/run,10.0.0.9")
        #expect(resolved["hostaddr"] == "10.0.0.7,2001:db8::1,,10.0.0.9")
        #expect(resolved["port"] == "1,1,2,3")
    }

    @Test func `a name without an address is told`() async throws {
        await #expect {
            try await HostLookup.resolve(["host": "no-such-host.invalid"])
        } throws: { ($0 as? PostgreSQLError)?.message.contains("`no-such-host.invalid`") == true }
    }

    @Test func `the system's authorities can be named`() throws {
        let url = try DatabaseURL("postgresql://localhost/d?sslmode=verify-full&sslrootcert=system")
        #expect(url.parameters["sslrootcert"] == "/etc/ssl/certs/ca-certificates.crt")
    }
}
