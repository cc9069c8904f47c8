-- What an append asks before it judges. In functions, because a session then keeps their plans:
-- to plan took longer than to read. Every statement of a volatile function sees what was committed
-- before it, so what is read after a lock is what the lock waited for.

-- Make the stream if need be and lock it, then these keys against revocation, by their names.
CREATE FUNCTION ledger_lock(asked_stream uuid, asked_name text, asked_kids text[])
    RETURNS void LANGUAGE plpgsql
    SET plan_cache_mode = force_generic_plan
    AS $$
BEGIN
    INSERT INTO ledger_stream (stream_id, name, entries) VALUES (asked_stream, asked_name, 0)
        ON CONFLICT DO NOTHING;
    PERFORM FROM ledger_stream WHERE stream_id = asked_stream FOR UPDATE;
    PERFORM FROM ledger_key WHERE kid = ANY(asked_kids) ORDER BY kid FOR SHARE;
END $$;

-- Read the entries themselves and their parents, uses of the same outputs, keys, nonces, and what
-- was seen.
--
-- Evidence shows a stream together with the registry, so a nonce is used once in both: or a party
-- could revoke its key with the nonce of a hand-off, and make the hand-off invalid. To revoke a key
-- by itself is rare, and only then all streams are searched.
--
-- What waits is estimated: newest arrival less newest sequenced, without a count. A transaction
-- that was rolled back leaves a hole in the arrivals; `inbox.close_holes` closes it.
CREATE FUNCTION ledger_known(
    asked_stream uuid, registry uuid, ids text[], sources text[], kids text[], nonces bytea[],
    sizes bigint[])
    RETURNS TABLE (what text, text text, count bigint, by text, data bytea, words text[])
    LANGUAGE plpgsql
    SET plan_cache_mode = force_generic_plan
    AS $$
BEGIN
    RETURN QUERY
    SELECT 'count', '', s.entries, '', ''::bytea, NULL::text[]
        FROM ledger_stream s WHERE s.stream_id = asked_stream
    UNION ALL
    SELECT 'key', k.kid::text, (k.revoked_by <> '{}')::int::bigint, k.party::text, k.x || k.y,
        ARRAY[k.custody, p.profile::text]
        FROM ledger_key k JOIN ledger_party p ON p.party = k.party WHERE k.kid = ANY(kids)
    UNION ALL
    SELECT 'entry', e.entry_id::text, e.creates::bigint, '', '', NULL
        FROM ledger_entry e WHERE e.stream_id = asked_stream AND e.entry_id = ANY(ids)
    UNION ALL
    SELECT 'use', u.source_id::text, u.output::bigint, u.used_by::text, '', NULL
        FROM ledger_outputuse u WHERE u.stream_id = asked_stream AND u.source_id = ANY(sources)
    UNION ALL
    SELECT 'nonce', e.kid::text, 0, '', e.nonce, NULL
        FROM ledger_entry e
        WHERE e.stream_id IN (asked_stream, registry) AND e.kid = ANY(kids)
            AND e.nonce = ANY(nonces)
    UNION ALL
    SELECT 'seen', '', c.size, '', c.root, NULL
        FROM ledger_checkpoint c WHERE c.size = ANY(sizes)
    UNION ALL
    SELECT 'waiting', '', a.last_value - l.sequenced, '', '', NULL
        FROM ledger_inbox_arrival_seq a, ledger_sequencerlease l WHERE l.name = 'log';
    -- An authority's key is none of these.
    IF asked_stream = registry AND EXISTS (SELECT FROM ledger_key k WHERE k.kid = ANY(kids)) THEN
        RETURN QUERY
        SELECT 'nonce', e.kid::text, 0::bigint, '', e.nonce, NULL::text[]
            FROM ledger_entry e WHERE e.kid = ANY(kids) AND e.nonce = ANY(nonces);
    END IF;
END $$;
