-- online
-- Proven beside writers, as for callbacks; each table is a file of its own before and behind this, so that none is locked while another is waited for.
alter table audit_log validate constraint audit_log_first_months;--> statement-breakpoint
alter table provider_calls validate constraint provider_calls_first_months;
