ALTER TABLE "orders" ADD COLUMN "firm_deadline" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "extensions" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "orders" ADD COLUMN "tracing_code" text;--> statement-breakpoint
CREATE INDEX "orders_tracing_code_index" ON "orders" USING btree ("tracing_code");