-- What the user of the server may do: rows, and nothing to tables, to rights, or to what is kept as it once was.
-- Run as an administrator after `app migrate`, for a user that has been created as `app`.
GRANT SELECT ON slipway.* TO app;
GRANT INSERT, UPDATE ON slipway.users TO app;
GRANT INSERT, UPDATE, DELETE ON slipway.roles TO app;
GRANT INSERT, UPDATE ON slipway.sessions TO app;
GRANT INSERT, UPDATE ON slipway.refresh_tokens TO app;
GRANT INSERT, UPDATE ON slipway.api_tokens TO app;
GRANT INSERT, UPDATE ON slipway.one_time_links TO app;
GRANT INSERT ON slipway.audit_events TO app;
GRANT UPDATE ON slipway.audit_head TO app;
GRANT INSERT, UPDATE ON slipway.environments TO app;
GRANT INSERT ON slipway.builds TO app;
GRANT INSERT, UPDATE ON slipway.promotions TO app;
GRANT INSERT ON slipway.approvals TO app;
GRANT INSERT ON slipway.deployments TO app;
GRANT INSERT, UPDATE ON slipway.freezes TO app;
GRANT INSERT, UPDATE ON slipway.holds TO app;
GRANT INSERT, UPDATE ON slipway.uploads TO app;
GRANT INSERT, UPDATE, DELETE ON slipway.idempotency_keys TO app;
GRANT INSERT, UPDATE ON slipway.write_marks TO app;
GRANT INSERT, UPDATE, DELETE ON slipway.jobs TO app;
