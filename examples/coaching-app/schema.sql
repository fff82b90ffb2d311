-- The tables of a coaching app, and the outbox of its events to Sideline.
create table orgs (id text primary key, name text not null, owner text not null);

create table members (
  org text not null references orgs, user_id text not null, hats text[] not null, active boolean not null default true,
  primary key (org, user_id)
);

create table athletes (
  id text primary key, org text not null references orgs, name text not null, account text
);

create table coachings (
  id text primary key, athlete text not null references athletes, coach text not null,
  started_at timestamptz not null default now(), ended_at timestamptz
);

create table notes (
  id text primary key, athlete text not null references athletes, author text not null,
  coaching text references coachings, body text not null, visible_to_athlete boolean not null default false
);

-- One row for each event, written in the transaction of the change. `position` orders the rows, `id` names the event.
create table outbox (
  position bigint generated always as identity primary key,
  id uuid not null unique default gen_random_uuid(),
  org text not null, type text not null, data jsonb not null, actor text,
  settled_at timestamptz, refused text
);
create index on outbox (position) where settled_at is null;
