DROP FUNCTION ledger_known(uuid, uuid, text[], text[], text[], bytea[], bigint[]);
DROP FUNCTION ledger_lock(uuid, text, text[]);
