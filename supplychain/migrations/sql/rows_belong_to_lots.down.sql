ALTER TABLE supplychain_series DROP CONSTRAINT series_of_a_leg;
ALTER TABLE supplychain_leg DROP CONSTRAINT leg_of_a_lot;
ALTER TABLE supplychain_flag DROP CONSTRAINT flag_of_a_lot;
ALTER TABLE supplychain_output DROP CONSTRAINT output_of_a_lot;
