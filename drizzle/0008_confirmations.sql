ALTER TABLE "attempts" ADD COLUMN "confirm_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "attempts" ADD COLUMN "confirmed_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "attempts_to_confirm" ON "attempts" USING btree ("confirm_at") WHERE confirm_at is not null;