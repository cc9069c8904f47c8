-- When a checkpoint was first witnessed is evidence, as the checkpoint is.
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON ledger_cosignature
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
ALTER TABLE ledger_cosignature ENABLE ALWAYS TRIGGER ledger_append_only;

CREATE TRIGGER ledger_no_truncate BEFORE TRUNCATE ON ledger_cosignature
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
ALTER TABLE ledger_cosignature ENABLE ALWAYS TRIGGER ledger_no_truncate;
