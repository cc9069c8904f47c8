-- Quick also where there are many rows: a column with a constant costs nothing, and only what uses up
-- nothing is written again. The id is that of the stream `index`: all pages were the log's own index.
-- The heads are counted anew from the log, into the indexes of its streams.
SET LOCAL lock_timeout = '10s';
ALTER TABLE ledger_entry ADD COLUMN about_whole boolean NOT NULL DEFAULT false;
ALTER TABLE ledger_entry DISABLE TRIGGER ledger_append_only;
UPDATE ledger_entry SET about_whole = true WHERE NOT EXISTS (SELECT FROM ledger_outputuse used
    WHERE used.stream_id = ledger_entry.stream_id AND used.used_by = ledger_entry.entry_id);
ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER ledger_append_only;
ALTER TABLE ledger_entry ALTER COLUMN about_whole DROP DEFAULT;
CREATE INDEX ledger_entry_about_whole ON ledger_entry (stream_id, entry_id) WHERE about_whole;

ALTER TABLE ledger_indexpage ADD COLUMN stream_id uuid NOT NULL DEFAULT '8e7704cb-226a-56ce-9aa7-5273924675f7';
ALTER TABLE ledger_indexpage ALTER COLUMN stream_id DROP DEFAULT;
ALTER TABLE ledger_indexpage DROP CONSTRAINT ledger_indexpage_pkey;
ALTER TABLE ledger_indexpage ADD PRIMARY KEY (stream_id, size, number);
ALTER TABLE ledger_indexpage DROP CONSTRAINT ledger_index_page_key_once;
ALTER TABLE ledger_indexpage ADD CONSTRAINT ledger_index_page_key_once
    UNIQUE (stream_id, size, first_key);
CREATE INDEX ledger_index_page_size ON ledger_indexpage (size);

ALTER TABLE ledger_indextile ADD COLUMN stream_id uuid NOT NULL DEFAULT '8e7704cb-226a-56ce-9aa7-5273924675f7';
ALTER TABLE ledger_indextile ALTER COLUMN stream_id DROP DEFAULT;
ALTER TABLE ledger_indextile DROP CONSTRAINT ledger_indextile_pkey;
ALTER TABLE ledger_indextile ADD PRIMARY KEY (stream_id, size, level, number);

DELETE FROM ledger_indexhead;
UPDATE ledger_indexprogress SET taken = 0;
