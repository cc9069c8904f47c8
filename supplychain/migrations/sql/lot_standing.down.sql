DROP FUNCTION supplychain_standing(uuid, text[], text[]);
