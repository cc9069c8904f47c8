-- What stands of a lot, and parties by their names: what judging an entry asks. In a function,
-- because a session then keeps its plan. Whatever has no column of its own is among `words`.
CREATE FUNCTION supplychain_standing(asked_stream uuid, sources text[], named text[])
    RETURNS TABLE (what text, id text, n int, quantity bigint, at timestamptz,
        dispatched_at timestamptz, expiry date, words text[])
    LANGUAGE plpgsql
    SET plan_cache_mode = force_generic_plan
    AS $$
BEGIN
    RETURN QUERY
    SELECT 'lot', l.entry_id::text, 0, l.quantity, l.registered_at, NULL::timestamptz, l.expiry,
        ARRAY[l.name, l.strength, l.form, l.profile, l.expiry_zone, l.maker]::text[]
        FROM supplychain_lot l WHERE l.stream_id = asked_stream
    UNION ALL
    SELECT 'flag', f.entry_id::text, 0, f.number, f.at, NULL, NULL,
        ARRAY[f.kind, f.by, f.recall_class, f.reason]::text[]
        FROM supplychain_flag f WHERE f.stream_id = asked_stream AND f.lifted_by IS NULL
    UNION ALL
    SELECT 'output', o.entry_id::text, o.n::int, o.quantity, o.at, o.dispatched_at, NULL,
        ARRAY[o.state, o.holder, o.receiver, o.dispatch, o.shipment]::text[]
        FROM supplychain_output o
        WHERE o.stream_id = asked_stream AND o.entry_id = ANY(sources) AND o.spent_by IS NULL
    UNION ALL
    SELECT 'party', p.gln::text, cardinality(p.roles), 0::bigint, NULL, NULL, NULL,
        ARRAY[p.name, p.country]::text[] || p.roles::text[] || p.prefixes::text[]
        FROM supplychain_organisation p WHERE p.gln = ANY(named);
END $$;
