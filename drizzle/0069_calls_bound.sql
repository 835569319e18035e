-- by hand

select lephi_bound_months('provider_calls', 'minute', null);
