-- What is evidence is added to and never changed. The triggers fire ALWAYS, so that a session which
-- plays a replica is refused as well.

CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ledger: % of % is refused: it is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;

-- The last tile of a level grows on its right; what it held stays.
CREATE FUNCTION ledger_tile_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.level = OLD.level
        AND NEW.number = OLD.number
        AND length(NEW.hashes) > length(OLD.hashes)
        AND substring(NEW.hashes FROM 1 FOR length(OLD.hashes)) = OLD.hashes
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'ledger: tile %/% may only grow', OLD.level, OLD.number
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;

DO $$
DECLARE
    kept text;
BEGIN
    FOREACH kept IN ARRAY ARRAY[
        'ledger_entry', 'ledger_outputuse', 'ledger_attachment', 'ledger_leaf', 'ledger_checkpoint'
    ] LOOP
        EXECUTE format(
            'CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON %I '
            'FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change()', kept);
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER ledger_append_only', kept);
    END LOOP;
    FOREACH kept IN ARRAY ARRAY[
        'ledger_entry', 'ledger_outputuse', 'ledger_attachment', 'ledger_leaf', 'ledger_checkpoint',
        'ledger_tile'
    ] LOOP
        EXECUTE format(
            'CREATE TRIGGER ledger_no_truncate BEFORE TRUNCATE ON %I '
            'FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change()', kept);
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER ledger_no_truncate', kept);
    END LOOP;
END
$$;

CREATE TRIGGER ledger_tile_grows BEFORE UPDATE ON ledger_tile
    FOR EACH ROW EXECUTE FUNCTION ledger_tile_grows();
ALTER TABLE ledger_tile ENABLE ALWAYS TRIGGER ledger_tile_grows;

CREATE TRIGGER ledger_tile_stays BEFORE DELETE ON ledger_tile
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
ALTER TABLE ledger_tile ENABLE ALWAYS TRIGGER ledger_tile_stays;

ALTER TABLE ledger_tile ADD CONSTRAINT ledger_tile_whole_hashes
    CHECK (length(hashes) % 32 = 0 AND length(hashes) BETWEEN 32 AND 8192);
-- Hashes do not compress; not trying keeps the growing tile cheap to write.
ALTER TABLE ledger_tile ALTER COLUMN hashes SET STORAGE EXTERNAL;
ALTER TABLE ledger_leaf ADD CONSTRAINT ledger_leaf_whole_hash
    CHECK (index >= 0 AND length(hash) = 32);
ALTER TABLE ledger_outputuse ADD CONSTRAINT ledger_outputuse_counts CHECK (output >= 0);
ALTER TABLE ledger_entry ADD CONSTRAINT ledger_entry_counts
    CHECK (number >= 0 AND creates BETWEEN 0 AND 1000 AND length(nonce) = 16);

-- Checked at once, and within one stream (or towards a table that every node holds).
ALTER TABLE ledger_entry ADD CONSTRAINT ledger_entry_of_stream
    FOREIGN KEY (stream_id) REFERENCES ledger_stream (stream_id);
ALTER TABLE ledger_outputuse ADD CONSTRAINT ledger_outputuse_source
    FOREIGN KEY (stream_id, source_id) REFERENCES ledger_entry (stream_id, entry_id);
ALTER TABLE ledger_outputuse ADD CONSTRAINT ledger_outputuse_user
    FOREIGN KEY (stream_id, used_by) REFERENCES ledger_entry (stream_id, entry_id);
ALTER TABLE ledger_attachment ADD CONSTRAINT ledger_attachment_of_entry
    FOREIGN KEY (stream_id, entry_id) REFERENCES ledger_entry (stream_id, entry_id);
ALTER TABLE ledger_key ADD CONSTRAINT ledger_key_of_party
    FOREIGN KEY (party) REFERENCES ledger_party (party);
