-- What Segmentation measured of each channel in each segment, a customer reached: the latest word. No customer is named.
create table channel_effectiveness (
    segment   text not null,
    channel   text not null,
    reach     int not null,
    revenue   double precision not null,
    lower     double precision not null,
    upper     double precision not null,
    cost      double precision not null,
    currency  text not null,
    at        timestamptz not null,
    primary key (segment, channel)
);
