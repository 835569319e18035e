ALTER TABLE "journal_entries" ADD COLUMN "subject" text;--> statement-breakpoint
ALTER TABLE "reconciliation_items" ADD COLUMN "bank_reference" text;--> statement-breakpoint
ALTER TABLE "reconciliation_items" ADD COLUMN "payout_references" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
CREATE INDEX "journal_entries_subject" ON "journal_entries" USING btree ("subject") WHERE subject is not null;