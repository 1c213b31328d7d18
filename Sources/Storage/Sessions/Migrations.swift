/// The schema's history. A migration that has landed is never edited: its checksum is compared at each start.
enum Migrations {
    static let all = [
        Migration(
            name: "001-first",
            statements: [
                "CREATE TABLE home (name TEXT PRIMARY KEY, value BLOB NOT NULL)",
                "CREATE TABLE epochs (scope TEXT PRIMARY KEY, value BIGINT NOT NULL)",
                """
                CREATE TABLE organizations (id TEXT PRIMARY KEY, name TEXT NOT NULL, domains TEXT NOT NULL,
                  standing TEXT NOT NULL)
                """,
                """
                CREATE TABLE people (organization TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL,
                  email TEXT NOT NULL, subjects TEXT NOT NULL, standing TEXT NOT NULL,
                  PRIMARY KEY (organization, id), UNIQUE (organization, email))
                """,
                """
                CREATE TABLE agents (organization TEXT NOT NULL, id TEXT NOT NULL, definition TEXT NOT NULL,
                  standing TEXT NOT NULL, PRIMARY KEY (organization, id))
                """,
                """
                CREATE TABLE tokens (id TEXT PRIMARY KEY, organization TEXT NOT NULL, person TEXT NOT NULL,
                  agents TEXT NOT NULL, label TEXT NOT NULL, hash BLOB NOT NULL UNIQUE, ceiling BIGINT NOT NULL,
                  expires BIGINT NOT NULL, state TEXT NOT NULL, created BIGINT NOT NULL)
                """,
                "CREATE INDEX tokens_by_organization ON tokens (organization, created, id)",
                """
                CREATE TABLE agreements (organization TEXT NOT NULL, person TEXT NOT NULL, agent TEXT NOT NULL,
                  capabilities TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (organization, person, agent))
                """,
                """
                CREATE TABLE connections (id TEXT PRIMARY KEY, organization TEXT NOT NULL, owner_kind TEXT NOT NULL,
                  owner TEXT NOT NULL, provider TEXT NOT NULL, origin TEXT NOT NULL, kind TEXT NOT NULL,
                  account TEXT NOT NULL, account_name TEXT NOT NULL, email TEXT, scopes TEXT NOT NULL,
                  generation BIGINT NOT NULL, fingerprint TEXT NOT NULL, sealed BLOB NOT NULL, health TEXT NOT NULL,
                  created BIGINT NOT NULL)
                """,
                "CREATE INDEX connections_by_owner ON connections (organization, owner_kind, owner, provider)",
                """
                CREATE TABLE sessions (key TEXT PRIMARY KEY, organization TEXT NOT NULL, agent TEXT NOT NULL,
                  person TEXT, labels TEXT NOT NULL, last_used BIGINT NOT NULL)
                """,
                "CREATE INDEX sessions_by_person ON sessions (organization, agent, person)",
                """
                CREATE TABLE calls (id TEXT PRIMARY KEY, organization TEXT NOT NULL, agent TEXT NOT NULL,
                  requester TEXT NOT NULL, tool TEXT NOT NULL, effect TEXT NOT NULL, identity BLOB,
                  state TEXT NOT NULL, opened BIGINT NOT NULL)
                """,
                "CREATE UNIQUE INDEX calls_by_identity ON calls (identity) WHERE identity IS NOT NULL",
                """
                CREATE TABLE budgets (organization TEXT NOT NULL, agent TEXT NOT NULL, length TEXT NOT NULL,
                  number BIGINT NOT NULL, used BIGINT NOT NULL, PRIMARY KEY (organization, agent, length))
                """,
                "CREATE TABLE payloads (id TEXT PRIMARY KEY, digest_key BLOB NOT NULL, sealed BLOB NOT NULL)",
                """
                CREATE TABLE trees (tree TEXT PRIMARY KEY, size BIGINT NOT NULL, edge BLOB NOT NULL,
                  last_hash BLOB NOT NULL, last_time BIGINT NOT NULL)
                """,
                """
                CREATE TABLE leaves (tree TEXT NOT NULL, idx BIGINT NOT NULL, record BLOB NOT NULL,
                  hash BLOB NOT NULL, PRIMARY KEY (tree, idx))
                """,
                """
                CREATE TABLE checkpoints (tree TEXT NOT NULL, size BIGINT NOT NULL, note TEXT NOT NULL,
                  PRIMARY KEY (tree, size))
                """,
            ]),
        Migration(
            name: "002-approvals",
            statements: [
                """
                CREATE TABLE approvals (id TEXT PRIMARY KEY, organization TEXT NOT NULL, asked BLOB NOT NULL,
                  is_live BIGINT NOT NULL, is_pending BIGINT NOT NULL, spent_by TEXT, created BIGINT NOT NULL,
                  record TEXT NOT NULL)
                """,
                "CREATE UNIQUE INDEX approvals_live ON approvals (asked) WHERE is_live = 1",
                "CREATE INDEX approvals_by_ask ON approvals (asked, created)",
                "CREATE INDEX approvals_pending ON approvals (organization, created) WHERE is_pending = 1",
                "CREATE INDEX approvals_by_time ON approvals (organization, created)",
                "CREATE INDEX approvals_by_call ON approvals (spent_by) WHERE spent_by IS NOT NULL",
                """
                CREATE TABLE windows (id TEXT PRIMARY KEY, organization TEXT NOT NULL, is_open BIGINT NOT NULL,
                  created BIGINT NOT NULL, record TEXT NOT NULL)
                """,
                "CREATE INDEX windows_by_time ON windows (organization, created)",
            ]),
        Migration(
            name: "003-browser",
            statements: [
                """
                CREATE TABLE login_links (hash BLOB PRIMARY KEY, organization TEXT NOT NULL, person TEXT NOT NULL,
                  expires BIGINT NOT NULL)
                """,
                """
                CREATE TABLE browser_sessions (id TEXT PRIMARY KEY, organization TEXT NOT NULL, person TEXT NOT NULL,
                  hash BLOB NOT NULL UNIQUE, previous BLOB, rotated BIGINT NOT NULL, csrf TEXT NOT NULL,
                  browser TEXT NOT NULL, created BIGINT NOT NULL, last_seen BIGINT NOT NULL)
                """,
                "CREATE INDEX browser_sessions_by_person ON browser_sessions (organization, person)",
                "CREATE INDEX browser_sessions_by_previous ON browser_sessions (previous)",
            ]),
        Migration(
            name: "005-notices",
            statements: [
                """
                CREATE TABLE notices (id TEXT PRIMARY KEY, state TEXT NOT NULL, is_open BIGINT NOT NULL,
                  created BIGINT NOT NULL, settled BIGINT, record TEXT NOT NULL)
                """,
                "CREATE INDEX notices_open ON notices (created, id) WHERE is_open = 1",
                "CREATE INDEX notices_by_settled ON notices (settled, id) WHERE settled IS NOT NULL",
            ]),
        Migration(
            name: "007-sharing",
            statements: [
                """
                CREATE TABLE people_groups (organization TEXT NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL,
                  members TEXT NOT NULL, PRIMARY KEY (organization, id))
                """,
                """
                CREATE TABLE shares (organization TEXT NOT NULL, agent TEXT NOT NULL, grantee TEXT NOT NULL,
                  rights TEXT NOT NULL, shared_by TEXT NOT NULL, at BIGINT NOT NULL,
                  PRIMARY KEY (organization, agent, grantee))
                """,
            ]),
        Migration(
            name: "006-documents",
            statements: [
                """
                CREATE TABLE documents (organization TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
                  PRIMARY KEY (organization, name))
                """
            ]),
        Migration(
            name: "004-servers",
            statements: [
                """
                CREATE TABLE servers (organization TEXT NOT NULL, name TEXT NOT NULL, record TEXT NOT NULL,
                  PRIMARY KEY (organization, name))
                """,
                """
                CREATE TABLE server_tools (organization TEXT NOT NULL, server TEXT NOT NULL, name TEXT NOT NULL,
                  record TEXT NOT NULL, PRIMARY KEY (organization, server, name))
                """,
            ]),
        Migration(
            name: "009-spent",
            statements: [
                "CREATE TABLE spent (digest BLOB PRIMARY KEY, until BIGINT NOT NULL)"
            ]),
        Migration(
            name: "013-nodes",
            statements: [
                """
                CREATE TABLE nodes (tree TEXT NOT NULL, level BIGINT NOT NULL, idx BIGINT NOT NULL, hash BLOB NOT NULL,
                  PRIMARY KEY (tree, level, idx))
                """
            ]),
        Migration(
            name: "012-browser-expiry",
            statements: [
                "CREATE INDEX login_links_by_expiry ON login_links (expires)",
                "CREATE INDEX browser_sessions_by_seen ON browser_sessions (last_seen)",
                "CREATE INDEX browser_sessions_by_created ON browser_sessions (created)",
            ]),
        Migration(
            name: "016-logins",
            statements: [
                """
                CREATE TABLE logins (organization TEXT NOT NULL, issuer TEXT NOT NULL, subject TEXT NOT NULL,
                  person TEXT NOT NULL, linked_by TEXT NOT NULL, at BIGINT NOT NULL,
                  PRIMARY KEY (organization, issuer, subject))
                """,
                "CREATE INDEX logins_by_person ON logins (organization, person)",
            ]),
        Migration(
            name: "017-provided-sessions",
            statements: [
                "ALTER TABLE browser_sessions ADD COLUMN provider TEXT",
                "ALTER TABLE browser_sessions ADD COLUMN issuer TEXT",
                "ALTER TABLE browser_sessions ADD COLUMN subject TEXT",
                "ALTER TABLE browser_sessions ADD COLUMN provider_session TEXT",
                "ALTER TABLE browser_sessions ADD COLUMN hint BLOB",
                "CREATE INDEX browser_sessions_by_login ON browser_sessions (organization, issuer, subject)",
            ]),
        Migration(
            name: "014-oauth",
            statements: [
                """
                CREATE TABLE oauth_clients (id TEXT NOT NULL, organization TEXT NOT NULL, origin TEXT NOT NULL,
                  name TEXT NOT NULL, redirects TEXT NOT NULL, authentication TEXT NOT NULL, secret BLOB,
                  ceiling TEXT NOT NULL, revoked BIGINT NOT NULL, created BIGINT NOT NULL,
                  PRIMARY KEY (organization, id))
                """,
                """
                CREATE TABLE oauth_grants (id TEXT PRIMARY KEY, organization TEXT NOT NULL, person TEXT NOT NULL,
                  client TEXT NOT NULL, agent TEXT NOT NULL, resource TEXT NOT NULL, redirect TEXT NOT NULL,
                  effects TEXT NOT NULL, openid BIGINT NOT NULL, shown BLOB NOT NULL, created BIGINT NOT NULL)
                """,
                "CREATE INDEX oauth_grants_by_person ON oauth_grants (organization, person, created)",
                "CREATE INDEX oauth_grants_by_client ON oauth_grants (organization, client, created)",
                """
                CREATE TABLE oauth_codes (hash BLOB PRIMARY KEY, grant_id TEXT NOT NULL, challenge BLOB NOT NULL,
                  nonce TEXT, expires BIGINT NOT NULL, used BIGINT NOT NULL)
                """,
                "CREATE INDEX oauth_codes_by_expiry ON oauth_codes (expires)",
                """
                CREATE TABLE oauth_tokens (hash BLOB PRIMARY KEY, kind TEXT NOT NULL, grant_id TEXT NOT NULL,
                  expires BIGINT NOT NULL, used BIGINT NOT NULL)
                """,
                "CREATE INDEX oauth_tokens_by_expiry ON oauth_tokens (expires)",
            ]),
        Migration(
            name: "021-gateways",
            statements: [
                "CREATE TABLE gateways (number BIGINT PRIMARY KEY, name TEXT NOT NULL, until BIGINT NOT NULL)",
                "CREATE TABLE sequencers (name TEXT PRIMARY KEY, number BIGINT NOT NULL)",
                "ALTER TABLE calls ADD COLUMN gateway BIGINT NOT NULL DEFAULT 0",
                "CREATE INDEX calls_by_gateway ON calls (gateway, opened)",
                // Every approval that might be carried out; a claim looks at its record.
                "ALTER TABLE approvals ADD COLUMN is_ready BIGINT NOT NULL DEFAULT 0",
                "ALTER TABLE approvals ADD COLUMN claimed_by BIGINT NOT NULL DEFAULT 0",
                "UPDATE approvals SET is_ready = is_pending",
                "CREATE INDEX approvals_ready ON approvals (created, id) WHERE is_ready = 1",
                "CREATE TABLE leaders (job TEXT PRIMARY KEY, gateway BIGINT NOT NULL)",
            ]),
        Migration(name: "022-spent-expiry", statements: ["CREATE INDEX spent_by_expiry ON spent (until)"]),
        Migration(
            name: "023-tokens",
            statements: [
                """
                CREATE TABLE apps (id TEXT PRIMARY KEY, organization TEXT NOT NULL, provider TEXT NOT NULL,
                  client TEXT NOT NULL, authentication TEXT NOT NULL, sealed BLOB NOT NULL, created BIGINT NOT NULL)
                """,
                "CREATE INDEX apps_by_provider ON apps (organization, provider)",
                """
                CREATE TABLE token_sets (id TEXT PRIMARY KEY, grant_of TEXT NOT NULL, generation BIGINT NOT NULL,
                  client TEXT NOT NULL, fingerprint TEXT NOT NULL, access BLOB NOT NULL, refresh BLOB,
                  expires BIGINT, obtained BIGINT NOT NULL, due BIGINT, lease_owner TEXT NOT NULL,
                  lease_until BIGINT NOT NULL, attempted BIGINT, failure TEXT, failure_code TEXT NOT NULL,
                  failures BIGINT NOT NULL)
                """,
                "CREATE INDEX token_sets_due ON token_sets (due) WHERE due IS NOT NULL",
            ]),
        Migration(
            name: "024-exchange",
            statements: [
                """
                CREATE TABLE token_issuers (organization TEXT NOT NULL, name TEXT NOT NULL, issuer TEXT NOT NULL,
                  record TEXT NOT NULL, PRIMARY KEY (organization, name), UNIQUE (organization, issuer))
                """,
                """
                CREATE TABLE exchanged_grants (id TEXT PRIMARY KEY, organization TEXT NOT NULL,
                  registration TEXT NOT NULL, issuer TEXT NOT NULL, subject TEXT NOT NULL)
                """,
                "CREATE INDEX exchanged_grants_by_login ON exchanged_grants (organization, issuer, subject)",
                "CREATE INDEX exchanged_grants_by_issuer ON exchanged_grants (organization, registration)",
                "ALTER TABLE oauth_tokens ADD COLUMN effects TEXT",
                "ALTER TABLE oauth_tokens ADD COLUMN actors TEXT",
            ]),
        Migration(
            name: "025-account-choices",
            statements: [
                """
                CREATE TABLE account_choices (organization TEXT NOT NULL, owner_kind TEXT NOT NULL, owner TEXT NOT NULL,
                  provider TEXT NOT NULL, agent TEXT NOT NULL, connection TEXT NOT NULL, account TEXT NOT NULL,
                  chosen_by TEXT NOT NULL, at BIGINT NOT NULL,
                  PRIMARY KEY (organization, owner_kind, owner, provider, agent))
                """
            ]),
        Migration(
            name: "026-connect-flows",
            statements: [
                """
                CREATE TABLE connect_flows (id TEXT PRIMARY KEY, organization TEXT NOT NULL, person TEXT NOT NULL,
                  owner_kind TEXT NOT NULL, owner TEXT NOT NULL, agent TEXT NOT NULL, provider TEXT NOT NULL,
                  revision BIGINT NOT NULL, state BLOB, until BIGINT, record TEXT NOT NULL, sealed BLOB NOT NULL,
                  created BIGINT NOT NULL)
                """,
                """
                CREATE UNIQUE INDEX connect_flows_by_aim
                ON connect_flows (organization, person, owner_kind, owner, agent, provider)
                """,
                "CREATE UNIQUE INDEX connect_flows_by_state ON connect_flows (state)",
                "CREATE INDEX connect_flows_by_expiry ON connect_flows (until, id)",
            ]),
        Migration(
            name: "027-revocations",
            statements: [
                """
                CREATE TABLE revocations (id TEXT PRIMARY KEY, organization TEXT NOT NULL, provider TEXT NOT NULL,
                  connection TEXT NOT NULL, client TEXT NOT NULL, hint TEXT NOT NULL, sealed BLOB NOT NULL,
                  attempts BIGINT NOT NULL, due BIGINT NOT NULL)
                """,
                "CREATE INDEX revocations_due ON revocations (due)",
                "CREATE INDEX revocations_by_connection ON revocations (connection)",
            ]),
        Migration(
            name: "028-app-issuers",
            statements: ["ALTER TABLE apps ADD COLUMN issuer TEXT"]),
        Migration(
            name: "029-health",
            statements: [
                """
                CREATE TABLE health_marks (organization TEXT NOT NULL, subject TEXT NOT NULL, state TEXT NOT NULL,
                  cause TEXT NOT NULL, code TEXT NOT NULL, at BIGINT NOT NULL, record TEXT NOT NULL,
                  PRIMARY KEY (organization, subject))
                """,
                """
                CREATE INDEX health_marks_open ON health_marks (organization, at)
                WHERE state <> 'active' AND state <> 'revoked'
                """,
                """
                CREATE TABLE health_events (id TEXT PRIMARY KEY, at BIGINT NOT NULL, record TEXT NOT NULL,
                  is_untold BIGINT NOT NULL, is_unsent BIGINT NOT NULL, message TEXT, attempts BIGINT NOT NULL,
                  due BIGINT NOT NULL)
                """,
                "CREATE INDEX health_events_untold ON health_events (at, id) WHERE is_untold = 1",
                "CREATE INDEX health_events_unsent ON health_events (at, id) WHERE is_unsent = 1",
                "CREATE INDEX health_events_by_time ON health_events (at)",
                "CREATE INDEX token_sets_failing ON token_sets (failure) WHERE failure IS NOT NULL",
                "CREATE INDEX token_sets_ending ON token_sets (expires) WHERE refresh IS NULL",
            ]),
        Migration(
            name: "030-secret-ends",
            statements: [
                """
                CREATE TABLE secret_ends (organization TEXT NOT NULL, subject TEXT NOT NULL, provider TEXT NOT NULL,
                  ends BIGINT NOT NULL, PRIMARY KEY (organization, subject))
                """,
                "ALTER TABLE apps ADD COLUMN is_rotating BIGINT NOT NULL DEFAULT 0",
            ]),
        Migration(
            name: Migrations.uses,
            statements: [
                """
                CREATE TABLE connection_uses (connection TEXT NOT NULL, tool TEXT NOT NULL, last_day BIGINT NOT NULL,
                  PRIMARY KEY (connection, tool))
                """
            ]),
        Migration(
            name: "032-departures",
            statements: [
                """
                CREATE TABLE departures (organization TEXT NOT NULL, person TEXT NOT NULL, is_open BIGINT NOT NULL,
                  record TEXT NOT NULL, PRIMARY KEY (organization, person))
                """,
                "ALTER TABLE revocations ADD COLUMN person TEXT",
                "CREATE INDEX revocations_by_person ON revocations (organization, person) WHERE person IS NOT NULL",
                // With the account: whose agents hold an account of a person's is asked of each of theirs.
                "DROP INDEX connections_by_owner",
                """
                CREATE INDEX connections_by_owner ON connections (organization, owner_kind, owner, provider, account)
                """,
                // Empty but while somebody with very many connections is offboarded.
                """
                CREATE INDEX connections_to_erase ON connections (organization, owner_kind, owner)
                WHERE health = 'revoked' AND LENGTH(sealed) > 0
                """,
            ]),
        Migration(
            name: "033-channel-accounts",
            statements: [
                """
                CREATE TABLE channel_accounts (id TEXT PRIMARY KEY, organization TEXT NOT NULL, kind TEXT NOT NULL,
                  name TEXT NOT NULL, settings TEXT NOT NULL, connection TEXT, unknown_policy TEXT NOT NULL,
                  bots TEXT NOT NULL, ceiling TEXT NOT NULL, is_paused BIGINT NOT NULL, sealed BLOB NOT NULL,
                  created BIGINT NOT NULL)
                """,
                "CREATE INDEX channel_accounts_by_organization ON channel_accounts (organization, kind, name)",
            ]),
        Migration(
            name: "034-senders",
            statements: [
                """
                CREATE TABLE sender_links (organization TEXT NOT NULL, sender TEXT NOT NULL, person TEXT NOT NULL,
                  proof TEXT NOT NULL, linked_by TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (organization, sender))
                """,
                "CREATE INDEX sender_links_by_person ON sender_links (organization, person)",
                """
                CREATE TABLE sender_offers (organization TEXT NOT NULL, sender TEXT NOT NULL, hash BLOB NOT NULL UNIQUE,
                  made BIGINT NOT NULL, expires BIGINT NOT NULL, PRIMARY KEY (organization, sender))
                """,
                "CREATE INDEX sender_offers_by_expiry ON sender_offers (expires)",
            ]),
        Migration(name: "035-claims", statements: ["ALTER TABLE token_sets ADD COLUMN failure_claims TEXT"]),
        Migration(
            name: "036-conversations",
            statements: [
                """
                CREATE TABLE inbox (id TEXT PRIMARY KEY, organization TEXT NOT NULL, kind TEXT NOT NULL,
                  account TEXT NOT NULL, event TEXT NOT NULL, conversation TEXT NOT NULL, is_stop BIGINT NOT NULL,
                  received BIGINT NOT NULL, not_before BIGINT NOT NULL, state TEXT NOT NULL, attempts BIGINT NOT NULL,
                  reason TEXT)
                """,
                "CREATE UNIQUE INDEX inbox_events ON inbox (organization, kind, account, event)",
                "CREATE INDEX inbox_waiting ON inbox (conversation, received, id) WHERE state = 'waiting'",
                "CREATE INDEX inbox_waiting_by_time ON inbox (received, id) WHERE state = 'waiting'",
                "CREATE INDEX inbox_by_time ON inbox (received)",
                "CREATE INDEX inbox_aside ON inbox (organization, received, id) WHERE state = 'aside'",
                """
                CREATE TABLE turns (id TEXT PRIMARY KEY, organization TEXT NOT NULL, kind TEXT NOT NULL,
                  account TEXT NOT NULL, conversation TEXT NOT NULL, message TEXT NOT NULL, session TEXT NOT NULL,
                  agent TEXT NOT NULL, requester TEXT NOT NULL, person TEXT, sender TEXT, place TEXT NOT NULL, reply TEXT NOT NULL,
                  began BIGINT NOT NULL, state TEXT NOT NULL, approval TEXT, steps BIGINT NOT NULL,
                  touched BIGINT NOT NULL, looked BIGINT)
                """,
                "CREATE INDEX turns_by_session ON turns (session, began, id)",
                "CREATE INDEX turns_by_person ON turns (organization, person, began, id)",
                "CREATE INDEX turns_ready ON turns (began, id) WHERE state = 'ready'",
                "CREATE INDEX turns_ready_in ON turns (conversation) WHERE state = 'ready'",
                "CREATE INDEX turns_parked ON turns (looked, id) WHERE state = 'parked'",
                """
                CREATE TABLE outbox (id TEXT PRIMARY KEY, organization TEXT NOT NULL, kind TEXT NOT NULL,
                  account TEXT NOT NULL, conversation TEXT NOT NULL, turn TEXT, created BIGINT NOT NULL,
                  not_before BIGINT NOT NULL, state TEXT NOT NULL, attempts BIGINT NOT NULL, external TEXT, reason TEXT)
                """,
                "CREATE INDEX outbox_open ON outbox (conversation, created, id) WHERE state IN ('waiting', 'sending')",
                "CREATE INDEX outbox_by_turn ON outbox (turn, created, id)",
                "CREATE INDEX outbox_lost ON outbox (organization, created, id) WHERE state IN ('unknown', 'failed')",
                "CREATE INDEX outbox_by_time ON outbox (created)",
                """
                CREATE TABLE token_uses (organization TEXT NOT NULL, agent TEXT NOT NULL, requester TEXT NOT NULL,
                  day BIGINT NOT NULL, tokens BIGINT NOT NULL, PRIMARY KEY (organization, agent, requester, day))
                """,
                """
                CREATE TABLE model_endpoints (organization TEXT NOT NULL, name TEXT NOT NULL, record TEXT NOT NULL,
                  PRIMARY KEY (organization, name))
                """,
                """
                CREATE TABLE model_choices (organization TEXT NOT NULL, agent TEXT NOT NULL, record TEXT NOT NULL,
                  PRIMARY KEY (organization, agent))
                """,
            ]),
        // What was seen before counts as remembered, as it did then.
        Migration(
            name: "038-session-began", statements: ["ALTER TABLE sessions ADD COLUMN began BIGINT NOT NULL DEFAULT 0"]),
        Migration(
            name: "037-server-looks",
            statements: [
                """
                CREATE TABLE server_looks (organization TEXT NOT NULL, server TEXT NOT NULL, tried BIGINT NOT NULL,
                  compared BIGINT, failure TEXT, missing BIGINT NOT NULL, PRIMARY KEY (organization, server))
                """
            ]),
        Migration(
            name: "040-mailboxes",
            statements: [
                """
                CREATE TABLE mailbox_marks (account TEXT PRIMARY KEY, validity BIGINT NOT NULL, last BIGINT NOT NULL,
                  is_taken BIGINT NOT NULL)
                """,
                """
                CREATE TABLE mail_counts (account TEXT NOT NULL, writer TEXT NOT NULL, hour BIGINT NOT NULL,
                  messages BIGINT NOT NULL, PRIMARY KEY (account, writer, hour))
                """,
            ]),
        Migration(
            name: "041-memory",
            statements: [
                """
                CREATE TABLE memory_places (organization TEXT NOT NULL, agent TEXT NOT NULL, place TEXT NOT NULL,
                  person TEXT, key_payload TEXT NOT NULL, PRIMARY KEY (organization, agent, place))
                """,
                "CREATE INDEX memory_places_by_person ON memory_places (organization, person)",
                """
                CREATE TABLE memories (id TEXT PRIMARY KEY, organization TEXT NOT NULL, agent TEXT NOT NULL,
                  place TEXT NOT NULL, about TEXT, writer TEXT, source TEXT NOT NULL, labels TEXT NOT NULL,
                  created BIGINT NOT NULL, changed BIGINT NOT NULL, version BIGINT NOT NULL, payload TEXT NOT NULL,
                  words TEXT NOT NULL)
                """,
                "CREATE INDEX memories_by_place ON memories (organization, agent, place, changed, id)",
                "CREATE INDEX memories_by_person ON memories (organization, about, changed, id)",
                "CREATE INDEX memories_by_writer ON memories (organization, writer)",
            ],
            embedded: [
                "CREATE VIRTUAL TABLE memory_words USING fts5(entry, words, tokenize = 'ascii')",
                """
                CREATE TRIGGER memories_added AFTER INSERT ON memories BEGIN
                  INSERT INTO memory_words (entry, words) VALUES (new.id, new.words); END
                """,
                """
                CREATE TRIGGER memories_corrected AFTER UPDATE OF words ON memories BEGIN
                  DELETE FROM memory_words WHERE memory_words MATCH 'entry : "' || old.id || '"';
                  INSERT INTO memory_words (entry, words) VALUES (new.id, new.words); END
                """,
                """
                CREATE TRIGGER memories_forgotten AFTER DELETE ON memories BEGIN
                  DELETE FROM memory_words WHERE memory_words MATCH 'entry : "' || old.id || '"'; END
                """,
            ],
            shared: ["CREATE INDEX memories_by_words ON memories USING GIN (to_tsvector('simple', words))"]),
        Migration(
            name: "043-api",
            statements: [
                // Null: for `/mcp`, as all were.
                "ALTER TABLE tokens ADD COLUMN surface TEXT",
                // Null: all effects.
                "ALTER TABLE turns ADD COLUMN ceiling BIGINT",
                "CREATE INDEX turns_by_conversation ON turns (session, conversation, began, id)",
                "CREATE INDEX turns_by_message ON turns (message)",
            ]),
        Migration(
            name: "044-turns-labels",
            statements: [
                "ALTER TABLE turns ADD COLUMN labels TEXT",
                // Null: of before.
                "ALTER TABLE inbox ADD COLUMN writer TEXT",
                "CREATE INDEX inbox_by_writer ON inbox (organization, writer)",
            ]),
        Migration(
            name: "045-directories",
            statements: [
                "ALTER TABLE channel_accounts ADD COLUMN matches_directory BIGINT NOT NULL DEFAULT 0",
                """
                CREATE TABLE severed_senders (organization TEXT NOT NULL, sender TEXT NOT NULL,
                  PRIMARY KEY (organization, sender))
                """,
            ]),
        Migration(
            name: "046-schedules",
            statements: [
                // Null: the provider said nothing, and `ends` is the schedule's.
                "ALTER TABLE secret_ends ADD COLUMN said BIGINT",
                // Days; null: no schedule.
                "ALTER TABLE secret_ends ADD COLUMN every BIGINT",
                "UPDATE secret_ends SET said = ends",
            ]),
        Migration(
            name: "049-signs",
            statements: [
                """
                CREATE TABLE signs (tree TEXT NOT NULL, gateway TEXT NOT NULL, phase TEXT NOT NULL, seen BIGINT NOT NULL,
                  pause BIGINT NOT NULL, PRIMARY KEY (tree, gateway))
                """
            ]),
        Migration(
            name: "051-cards",
            statements: [
                // The approval whose card it is, for as long as the card stands.
                "ALTER TABLE outbox ADD COLUMN approval TEXT",
                "CREATE INDEX outbox_cards ON outbox (created, id) WHERE approval IS NOT NULL AND state = 'delivered'",
                "CREATE INDEX outbox_shown ON outbox (organization, kind, account, external) WHERE approval IS NOT NULL",
            ]),
        Migration(
            name: "052-shares-in-channels",
            statements: [
                // Null: everywhere, as all were.
                "ALTER TABLE shares ADD COLUMN channels TEXT",
                "CREATE INDEX turns_in ON turns (conversation)",
            ]),
        Migration(
            name: "053-sent-calls",
            statements: [
                "CREATE TABLE sent_calls (call TEXT PRIMARY KEY, turn TEXT NOT NULL)",
                "CREATE INDEX sent_calls_by_turn ON sent_calls (turn)",
                "CREATE INDEX inbox_waiting_by_account ON inbox (organization, kind, account) WHERE state = 'waiting'",
            ]),
        Migration(
            name: "056-commits", statements: ["ALTER TABLE gateways ADD COLUMN commits BIGINT NOT NULL DEFAULT 0"]),
        Migration(
            name: "057-keys-of-gateways",
            statements: [
                "ALTER TABLE gateways ADD COLUMN keys TEXT NOT NULL DEFAULT '[]'",
                "ALTER TABLE gateways ADD COLUMN place TEXT NOT NULL DEFAULT ''",
            ]),
        Migration(
            name: "058-signed-in",
            statements: [
                // Null: of before.
                "ALTER TABLE oauth_codes ADD COLUMN signed_in BIGINT"
            ]),
        Migration(
            name: "059-turns-set-back",
            statements: [
                "ALTER TABLE turns ADD COLUMN attempts BIGINT NOT NULL DEFAULT 0",
                "ALTER TABLE turns ADD COLUMN not_before BIGINT",
                "ALTER TABLE turns ADD COLUMN reason TEXT",
                "CREATE INDEX turns_stuck ON turns (organization, began, id) WHERE state = 'failed' AND reason IS NOT NULL",
                "CREATE INDEX turns_by_approval ON turns (approval) WHERE state = 'parked'",
                "ALTER TABLE outbox ADD COLUMN parts BIGINT NOT NULL DEFAULT 0",
            ]),
        Migration(
            name: "060-summaries",
            statements: [
                """
                CREATE TABLE summaries (session TEXT NOT NULL, conversation TEXT NOT NULL, organization TEXT NOT NULL,
                  person TEXT, first BIGINT NOT NULL, last BIGINT NOT NULL, last_turn TEXT NOT NULL, labels TEXT NOT NULL,
                  payload TEXT NOT NULL, PRIMARY KEY (session, conversation))
                """,
                "CREATE INDEX summaries_by_person ON summaries (organization, person)",
            ]),
        Migration(
            name: "061-lacked-scopes",
            statements: ["ALTER TABLE connections ADD COLUMN lacks TEXT NOT NULL DEFAULT '{}'"]),
        Migration(
            name: "062-asserted-subjects",
            statements: [
                // Null: the provider knows by itself whose the account is.
                "ALTER TABLE connections ADD COLUMN asserted_as TEXT",
                """
                UPDATE connections SET asserted_as = lower(email) WHERE kind = 'oauth-assertion'
                OR kind = 'oauth-service-account' AND email NOT LIKE '%.gserviceaccount.com'
                """,
            ]),
        Migration(
            name: "063-apps-of-agents",
            statements: [
                // Empty: the home's.
                "ALTER TABLE apps ADD COLUMN agent TEXT NOT NULL DEFAULT ''",
                "ALTER TABLE apps ADD COLUMN app_id TEXT",
            ]),
        Migration(
            name: "064-issuers",
            statements: [
                // Empty: of before, or of a key that somebody made.
                "ALTER TABLE connections ADD COLUMN issuer TEXT NOT NULL DEFAULT ''"
            ]),
        Migration(
            name: "065-granted",
            statements: [
                "ALTER TABLE connections ADD COLUMN granted BIGINT NOT NULL DEFAULT 0",
                "UPDATE connections SET granted = created",
            ]),
        Migration(
            name: "070-approvers-cards",
            statements: [
                // Without an outcome: owed. `message` is that of the outbox which shows it.
                """
                CREATE TABLE cards (approval TEXT NOT NULL, person TEXT NOT NULL, organization TEXT NOT NULL,
                  source TEXT NOT NULL, created BIGINT NOT NULL, outcome TEXT, settled BIGINT, message TEXT,
                  PRIMARY KEY (approval, person))
                """,
                "CREATE INDEX cards_owed ON cards (created, approval, person) WHERE outcome IS NULL",
                "CREATE INDEX cards_of ON cards (organization, person, settled)",
                "CREATE INDEX cards_settled ON cards (settled) WHERE settled IS NOT NULL",
            ]),
        modelsInDefinitions,
        Migration(
            name: "074-postponed-mails",
            statements: [
                """
                CREATE TABLE mail_postponed (account TEXT NOT NULL, validity BIGINT NOT NULL, number BIGINT NOT NULL,
                  writer TEXT NOT NULL, due BIGINT NOT NULL, PRIMARY KEY (account, validity, number))
                """,
                "CREATE INDEX mail_postponed_due ON mail_postponed (account, due)",
            ]),
        Migration(
            name: "067-claims",
            statements: [
                // The gateway that does it; 0 for none, and where there is but one.
                "ALTER TABLE inbox ADD COLUMN claimed_by BIGINT NOT NULL DEFAULT 0",
                "ALTER TABLE turns ADD COLUMN claimed_by BIGINT NOT NULL DEFAULT 0",
                "ALTER TABLE outbox ADD COLUMN claimed_by BIGINT NOT NULL DEFAULT 0",
            ]),
        Migration(
            name: "068-told",
            statements: [
                "ALTER TABLE outbox ADD COLUMN told TEXT", "ALTER TABLE outbox ADD COLUMN about TEXT",
                "UPDATE outbox SET about = approval",
                "CREATE INDEX outbox_by_told ON outbox (organization, told) WHERE told IS NOT NULL",
                "CREATE INDEX outbox_by_about ON outbox (about) WHERE about IS NOT NULL",
                "CREATE INDEX turns_by_guest ON turns (organization, sender) WHERE person IS NULL",
            ]),
        Migration(
            name: "076-cards-by-another-way",
            statements: [
                // Accounts by which it couldn't be shown, with spaces between them.
                "ALTER TABLE cards ADD COLUMN tried TEXT NOT NULL DEFAULT ''",
                """
                CREATE INDEX outbox_unseen ON outbox (created, id) WHERE about IS NOT NULL AND state <> 'delivered'
                """,
            ]),
        Migration(
            name: "069-key-rotations",
            statements: [
                """
                CREATE TABLE key_rotations (id TEXT PRIMARY KEY, organization TEXT NOT NULL, subject TEXT NOT NULL,
                  provider TEXT NOT NULL, object TEXT NOT NULL, tenant TEXT, grace BIGINT NOT NULL, step TEXT NOT NULL,
                  key_id TEXT, next_id TEXT, sealed BLOB NOT NULL, attempts BIGINT NOT NULL, due BIGINT NOT NULL,
                  problem TEXT, version BIGINT NOT NULL)
                """,
                "CREATE INDEX key_rotations_due ON key_rotations (due, id)",
            ]),
        schedules,
        upgrades,
        floods,
    ]

    static let uses = "031-connection-uses"
}
