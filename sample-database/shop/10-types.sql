-- The kinds of value the shop knows: everything here must come back from a dump before any table can.

CREATE SCHEMA stock;
COMMENT ON SCHEMA stock IS 'What lies where, and how it moved there';

CREATE SCHEMA "Comptabilité";
COMMENT ON SCHEMA "Comptabilité" IS 'Les écritures : un nom accentué et une majuscule, exprès';

CREATE TYPE public.order_status AS ENUM ('placed', 'paid', 'shipped', 'delivered', 'returned', 'en attente d''avis');
CREATE TYPE public.product_status AS ENUM ('draft', 'on sale', 'sold out', 'retired');
CREATE TYPE stock.movement_kind AS ENUM ('in', 'out', 'correction');

CREATE DOMAIN public.email_address AS text
  CONSTRAINT has_one_at CHECK (VALUE ~ '^[^@[:space:]]+@[^@[:space:]]+$');
COMMENT ON DOMAIN public.email_address IS 'Loose on purpose: one @ and no space';

CREATE DOMAIN public.amount AS numeric(12, 2) DEFAULT 0 CONSTRAINT not_negative CHECK (VALUE >= 0);

CREATE TYPE public.postal_address AS (street text, postcode text, city text, country character(2));
COMMENT ON TYPE public.postal_address IS 'Where a parcel goes';

-- Used by a generated column, so it must exist before the tables and depend on nothing.
CREATE FUNCTION public.with_tax(net numeric, rate numeric) RETURNS numeric
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN round(net * (1 + rate), 2);
COMMENT ON FUNCTION public.with_tax(numeric, numeric) IS 'Price with tax, rounded to the cent';

CREATE SEQUENCE public.invoice_numbers AS bigint START WITH 1000 INCREMENT BY 7 MINVALUE 1000 CACHE 5;
CREATE SEQUENCE stock."Numéro de palette" AS smallint MINVALUE 1 MAXVALUE 32000 CYCLE;
