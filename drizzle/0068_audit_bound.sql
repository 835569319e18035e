-- by hand

select lephi_bound_months('audit_log', 'id', 'aud_');
