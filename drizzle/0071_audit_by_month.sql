-- by hand

select lephi_by_month('audit_log', 'id');
