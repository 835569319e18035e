-- by hand

select lephi_by_month('callbacks', 'id');
