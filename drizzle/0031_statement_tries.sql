ALTER TABLE "statements" ADD COLUMN "tries" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "statements" ADD COLUMN "try_at" timestamp (3) with time zone;