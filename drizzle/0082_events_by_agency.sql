-- by hand

-- As for orders.
-- unused since 0.2.0: the key holds the agency
alter table "events" drop constraint "events_pkey" cascade, add constraint "events_pkey" primary key using index "events_by_agency";
--> statement-breakpoint
-- unused since 0.2.0: the new one holds the agency
drop index "events_subject_id_sequence_index";
--> statement-breakpoint
alter index "events_subject_id_sequence_index_by_agency" rename to "events_subject_id_sequence_index";
--> statement-breakpoint
-- unused since 0.2.0: the new one holds the agency
drop index "events_position_index";
--> statement-breakpoint
alter index "events_position_index_by_agency" rename to "events_position_index";
--> statement-breakpoint
-- unused since 0.2.0: the key holds the agency
alter table "webhook_deliveries" drop constraint "webhook_deliveries_pkey" cascade, add constraint "webhook_deliveries_pkey" primary key using index "webhook_deliveries_by_agency";
--> statement-breakpoint
-- unused since 0.2.0: the new one holds the agency
drop index "webhook_deliveries_webhook_endpoint_id_event_id_index";
--> statement-breakpoint
alter index "webhook_deliveries_webhook_endpoint_id_event_id_index_by_agency" rename to "webhook_deliveries_webhook_endpoint_id_event_id_index";
--> statement-breakpoint
-- unused since 0.2.0: the key holds the agency
alter table "idempotency_keys" drop constraint "idempotency_keys_client_id_route_key_pk" cascade, add constraint "idempotency_keys_client_id_route_key_pk" primary key using index "idempotency_keys_by_agency";
--> statement-breakpoint
-- unused since 0.2.0: whoever writes a first answer says that it is the client's
drop trigger own_first_answer on idempotency_keys;
--> statement-breakpoint
drop function lephi_own_first_answer();
