-- Which index was signed when is kept for ever. Its pages are written once, and go when newer ones
-- are there: they can be computed again from the log. Heads are a count that goes on.

CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON ledger_indexepoch
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
ALTER TABLE ledger_indexepoch ENABLE ALWAYS TRIGGER ledger_append_only;
CREATE TRIGGER ledger_no_truncate BEFORE TRUNCATE ON ledger_indexepoch
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
ALTER TABLE ledger_indexepoch ENABLE ALWAYS TRIGGER ledger_no_truncate;

CREATE TRIGGER ledger_written_once BEFORE UPDATE ON ledger_indexpage
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
ALTER TABLE ledger_indexpage ENABLE ALWAYS TRIGGER ledger_written_once;
CREATE TRIGGER ledger_written_once BEFORE UPDATE ON ledger_indextile
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
ALTER TABLE ledger_indextile ENABLE ALWAYS TRIGGER ledger_written_once;

ALTER TABLE ledger_indexhead ADD CONSTRAINT ledger_indexhead_leaf
    CHECK (length(key) = 32 AND length(head) = 32 AND count > 0 AND last >= 0);
ALTER TABLE ledger_indexepoch ADD CONSTRAINT ledger_indexepoch_root
    CHECK (size > 0 AND keys >= 0 AND length(root) = 32);
ALTER TABLE ledger_indexpage ADD CONSTRAINT ledger_indexpage_whole_leaves
    CHECK (length(leaves) % 80 = 0 AND length(leaves) BETWEEN 80 AND 20480);
ALTER TABLE ledger_indextile ADD CONSTRAINT ledger_indextile_whole_hashes
    CHECK (level > 0 AND length(hashes) % 32 = 0 AND length(hashes) BETWEEN 32 AND 8192);
-- Hashes do not compress.
ALTER TABLE ledger_indexpage ALTER COLUMN leaves SET STORAGE EXTERNAL;
ALTER TABLE ledger_indextile ALTER COLUMN hashes SET STORAGE EXTERNAL;
