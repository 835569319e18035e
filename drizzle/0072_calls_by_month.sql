-- by hand

select lephi_by_month('provider_calls', 'minute');
