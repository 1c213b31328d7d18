extension Migrations {
    /// Where models are asked was a table; it is in the definitions of agents and of their organization. A key is its agent's own
    /// from then on: another agent's is asked for by no name that could be moved.
    static let modelsInDefinitions = Migration(
        name: "073-models-in-definitions",
        statements: [
            """
            CREATE TABLE moved_models (organization TEXT NOT NULL, name TEXT NOT NULL, slot TEXT NOT NULL,
              PRIMARY KEY (organization, name))
            """
        ],
        embedded: [
            """
            INSERT INTO moved_models (organization, name, slot)
            SELECT e.organization, e.name, json_patch('{}', json_object('name', e.name,
              'speaks', json_extract(e.record, '$.speaks'),
              'model', CASE WHEN json_extract(e.record, '$.speaks') <> 'offline'
                THEN NULLIF(json_extract(e.record, '$.model'), '') END,
              'base', CASE WHEN json_extract(e.record, '$.speaks') <> 'offline'
                THEN NULLIF(json_extract(e.record, '$.base'), '') END,
              'key', (SELECT c.provider || ':agent' FROM connections c
                WHERE c.id = json_extract(e.record, '$.connection') AND json_extract(e.record, '$.speaks') <> 'offline'),
              'longestReply', json_extract(e.record, '$.longest_reply'),
              'context', json_extract(e.record, '$.context'),
              'mayRead', json_extract(e.record, '$.classes'))) FROM model_endpoints e
            """,
            """
            UPDATE agents SET definition = json_set(definition, '$.models', json((
              SELECT json_group_array(json(s.slot)) FROM (
                SELECT m.slot AS slot FROM model_choices c, json_each(c.record, '$.models') j
                JOIN moved_models m ON m.organization = c.organization AND m.name = j.value
                WHERE c.organization = agents.organization AND c.agent = agents.id ORDER BY j.key) s)))
            WHERE EXISTS (SELECT 1 FROM model_choices c WHERE c.organization = agents.organization AND c.agent = agents.id)
            """,
            """
            UPDATE agents SET definition = json_patch(definition, (
              SELECT json_object('budget', json_object('tokensPerDay', json_extract(c.record, '$.tokens_per_day'),
                'tokensPerPersonPerDay', json_extract(c.record, '$.tokens_per_person_per_day')))
              FROM model_choices c WHERE c.organization = agents.organization AND c.agent = agents.id))
            WHERE EXISTS (SELECT 1 FROM model_choices c WHERE c.organization = agents.organization AND c.agent = agents.id
              AND (json_extract(c.record, '$.tokens_per_day') IS NOT NULL
                OR json_extract(c.record, '$.tokens_per_person_per_day') IS NOT NULL))
            """,
        ] + afterwards,
        shared: [
            """
            INSERT INTO moved_models (organization, name, slot)
            SELECT e.organization, e.name, jsonb_strip_nulls(jsonb_build_object('name', e.name,
              'speaks', r.record->>'speaks',
              'model', CASE WHEN r.record->>'speaks' <> 'offline' THEN NULLIF(r.record->>'model', '') END,
              'base', CASE WHEN r.record->>'speaks' <> 'offline' THEN NULLIF(r.record->>'base', '') END,
              'key', (SELECT c.provider || ':agent' FROM connections c
                WHERE c.id = r.record->>'connection' AND r.record->>'speaks' <> 'offline'),
              'longestReply', r.record->'longest_reply', 'context', r.record->'context',
              'mayRead', r.record->'classes'))::text
            FROM model_endpoints e, LATERAL (SELECT e.record::jsonb AS record) r
            """,
            """
            UPDATE agents SET definition = (agents.definition::jsonb || jsonb_build_object('models', (
              SELECT COALESCE(jsonb_agg(m.slot::jsonb ORDER BY j.place), '[]'::jsonb)
              FROM model_choices c, jsonb_array_elements_text(c.record::jsonb->'models') WITH ORDINALITY j (name, place),
                moved_models m
              WHERE m.organization = c.organization AND m.name = j.name
                AND c.organization = agents.organization AND c.agent = agents.id)))::text
            WHERE EXISTS (SELECT 1 FROM model_choices c WHERE c.organization = agents.organization AND c.agent = agents.id)
            """,
            """
            UPDATE agents SET definition = (agents.definition::jsonb || jsonb_build_object('budget',
              COALESCE(agents.definition::jsonb->'budget', '{}'::jsonb) || (
                SELECT jsonb_strip_nulls(jsonb_build_object('tokensPerDay', c.record::jsonb->'tokens_per_day',
                  'tokensPerPersonPerDay', c.record::jsonb->'tokens_per_person_per_day'))
                FROM model_choices c WHERE c.organization = agents.organization AND c.agent = agents.id)))::text
            WHERE EXISTS (SELECT 1 FROM model_choices c WHERE c.organization = agents.organization AND c.agent = agents.id
              AND (c.record::jsonb->>'tokens_per_day' IS NOT NULL
                OR c.record::jsonb->>'tokens_per_person_per_day' IS NOT NULL))
            """,
        ] + afterwards)

    private static let afterwards = [
        """
        INSERT INTO documents (organization, name, value)
        SELECT organization, 'models', '[' || slot || ']' FROM moved_models WHERE name = 'default'
        """,
        "DROP TABLE moved_models", "DROP TABLE model_endpoints", "DROP TABLE model_choices",
    ]
}
