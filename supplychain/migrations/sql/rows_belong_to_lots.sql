-- Checked at once, and within one stream: a row about a lot needs the lot.
ALTER TABLE supplychain_output ADD CONSTRAINT output_of_a_lot
    FOREIGN KEY (stream_id) REFERENCES supplychain_lot (stream_id);
ALTER TABLE supplychain_flag ADD CONSTRAINT flag_of_a_lot
    FOREIGN KEY (stream_id) REFERENCES supplychain_lot (stream_id);
ALTER TABLE supplychain_leg ADD CONSTRAINT leg_of_a_lot
    FOREIGN KEY (stream_id) REFERENCES supplychain_lot (stream_id);
ALTER TABLE supplychain_series ADD CONSTRAINT series_of_a_leg
    FOREIGN KEY (stream_id, entry_id) REFERENCES supplychain_leg (stream_id, entry_id);
