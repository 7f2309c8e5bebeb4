-- Hours that a row of the whole day with another sum replaced: they count nowhere, and still tell how the day went.
alter table performance_parts add superseded boolean not null default false;
