-- What people who look into the database may do: read, but not what could be used to log in.
-- Run as an administrator after `app migrate`, for a user that has been created as `developer`.
GRANT SELECT (id, email, name, revision, created_at, updated_at, deleted_at) ON slipway.users TO developer;
GRANT SELECT ON slipway.roles TO developer;
GRANT SELECT ON slipway.sessions TO developer;
GRANT SELECT ON slipway.audit_events TO developer;
GRANT SELECT ON slipway.audit_head TO developer;
GRANT SELECT ON slipway.environments TO developer;
GRANT SELECT ON slipway.builds TO developer;
GRANT SELECT ON slipway.promotions TO developer;
GRANT SELECT ON slipway.approvals TO developer;
GRANT SELECT ON slipway.deployments TO developer;
GRANT SELECT ON slipway.freezes TO developer;
GRANT SELECT ON slipway.holds TO developer;
GRANT SELECT ON slipway.uploads TO developer;
GRANT SELECT ON slipway.jobs TO developer;
