DROP TRIGGER ledger_append_only ON ledger_cosignature;
DROP TRIGGER ledger_no_truncate ON ledger_cosignature;
