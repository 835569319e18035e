// Mistakes in what the gateway and its database hold against people: each is put in from outside, and the simulation must find it.
import { type Customs, drawCustoms } from '../../src/simulation/customs.ts'
import { createRandom } from '../../src/simulation/random.ts'
import { type Defect, rewriting } from './defects.ts'

const noCustoms = Object.fromEntries(
  Object.keys(drawCustoms(createRandom(''), 'town')).map((name) => [name, name === 'reconciles']),
) as Customs
const only = (...names: (keyof Customs)[]): Customs => ({
  ...noCustoms,
  ...Object.fromEntries(names.map((name) => [name, true])),
})
const asIs = () => (deps: Parameters<ReturnType<Defect['alter']>>[0]) => deps

/** A town whose only provider is a transfer from any bank, and whose citizens all pay. */
const payersByTransfer = { seed: '890', providers: 1 }

/** The facts of an order by way of its checkout page, without the payments that have begun. */
const forgetsAttempts = rewriting((text, [wanted]) =>
  text.startsWith('select * from attempts where order_id = ') &&
  JSON.stringify(wanted ?? null).includes('checkout_token')
    ? text.replace('where order_id', 'where false and order_id')
    : text,
)

export const defectsOfPeople: readonly Defect[] = [
  {
    what: 'books on a day that is closed',
    alter: asIs,
    prepare: `drop trigger open_day on postings;
      create or replace function lephi_open_day(accounts text[], day date) returns date language sql volatile as $$ select day $$`,
    // Told of on the next day, when theirs is closed.
    script: [1, 2, 3, 4, 5, 6]
      .map((citizen) => `callback_late@${citizen}1:86400,statement_missing@${citizen}1`)
      .join(','),
    town: { ...payersByTransfer, size: { days: 1, orders: 6 }, customs: only('closesDays') },
    invariant: 'nothing is booked on a closed day',
  },
  {
    what: 'forgets who closed a day',
    alter: asIs,
    prepare: `create function forget() returns trigger language plpgsql as $$ begin new.closed_by := 'somebody'; return new; end $$;
      create trigger a_forget before insert on periods for each row execute function forget()`,
    script: '',
    town: { size: { days: 2, orders: 2 }, providers: 3, customs: only('closesDays') },
    invariant: 'nobody is granted what must be refused',
  },
  {
    what: 'leaves a credit in suspense that is attributed',
    alter: asIs,
    prepare: `alter table quarantine drop constraint quarantine_returned;
      create function forget() returns trigger language plpgsql as $$ begin new.return_entry_id := null; return new; end $$;
      create trigger z_forget before update on quarantine for each row execute function forget()`,
    script: '',
    town: { ...payersByTransfer, seed: '222', customs: only('mistypes') },
    invariant: 'every đồng that a provider took is booked exactly once',
  },
  {
    what: 'takes one transfer for two refunds',
    alter: asIs,
    prepare: `drop index refunds_bank_reference; drop trigger refunds_bank_account on refunds;
      drop trigger take_transfer on refunds`,
    script: '',
    town: { seed: '1668', size: { days: 1, orders: 8 }, providers: 1, customs: only('paysByHand') },
    invariant: 'a transfer by hand returns one refund',
  },
  {
    what: 'knows nothing of disputes',
    alter: () =>
      rewriting((text) => text.replace('select * from disputes where', 'select * from disputes where false and')),
    prepare: 'drop trigger refunds_disputed on refunds',
    script: '',
    town: { size: { days: 2, orders: 8 }, customs: only('disputes') },
    invariant: 'nobody is granted what must be refused',
  },
  {
    what: 'begins a payment at each press of a button',
    alter: () => forgetsAttempts,
    script: '',
    town: { seed: '260', size: { days: 1, orders: 5 }, customs: only('usesPages') },
    invariant: 'a form of a page does what it says once',
  },
  {
    what: 'moves a deadline twice for one press',
    alter: asIs,
    prepare: `create function move() returns trigger language plpgsql as $$ begin new.extensions := new.extensions + 1; return new; end $$;
      create trigger a_move before update on orders for each row when (new.extensions > old.extensions) execute function move()`,
    script: '',
    town: { seed: '260', size: { days: 1, orders: 5 }, customs: only('usesPages') },
    invariant: 'a form of a page does what it says once',
  },
  {
    what: 'stores another line than its file has',
    alter: asIs,
    prepare: `create function misread() returns trigger language plpgsql as $$ begin new.provider_fee := new.provider_fee + 1; return new; end $$;
      create trigger a_misread before insert on statement_lines for each row when (new.provider_fee is not null) execute function misread()`,
    script: '',
    town: { customs: only('verifiesMatches') },
    invariant: 'verify-matches finds nothing',
  },
]
