-- What the user of the server may do: rows, and nothing to tables, to rights, or to what the audit log has once said.
-- Run as an administrator after `app migrate`, for a user that has been created as `app`.
GRANT SELECT ON slipway.* TO app;
GRANT INSERT, UPDATE ON slipway.users TO app;
GRANT INSERT, UPDATE, DELETE ON slipway.roles TO app;
GRANT INSERT, UPDATE ON slipway.sessions TO app;
GRANT INSERT, UPDATE ON slipway.refresh_tokens TO app;
GRANT INSERT ON slipway.audit_events TO app;
GRANT UPDATE ON slipway.audit_head TO app;
