-- Steps of journeys by age: they are deleted when they are old.
create index journey_steps_at on journey_steps (at);
