-- The first start of docker-compose.yml's PostgreSQL: the roles, with their passwords, and the database.
\set owner `cat /run/secrets/owner_password`
\set login `cat /run/secrets/login_password`
SET attune.owner_password = :'owner';
SET attune.login_password = :'login';
\i /etc/attune/roles.sql
CREATE DATABASE attune OWNER attune_owner;
