-- What the user of `app migrate` may do: the tables of this one database, and no rights for others.
-- Run as an administrator, for a user that has been created as `migrate`.
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES ON slipway.* TO migrate;
