CREATE VIEW public.order_totals AS
  SELECT o.id, o.ordered_on, o.customer_id, sum(l.line_total) AS total, count(*) AS lines
  FROM public.orders AS o JOIN public.order_lines AS l ON l.order_id = o.id AND l.ordered_on = o.ordered_on
  GROUP BY o.id, o.ordered_on, o.customer_id;

CREATE VIEW public."Chiffre d'affaires par mois 📈" AS
  SELECT date_trunc('month', ordered_on::timestamp)::date AS "mois", sum(total) AS "chiffre d'affaires €", count(*) AS "commandes"
  FROM public.order_totals GROUP BY 1 ORDER BY 1;

CREATE VIEW public.products_on_sale WITH (security_barrier = true) AS
  SELECT id, sku, name, price, price_with_tax, tags FROM public.products WHERE status = 'on sale'
  WITH LOCAL CHECK OPTION;

CREATE MATERIALIZED VIEW public.product_sales AS
  SELECT p.id AS product_id, p.name, coalesce(sum(l.quantity), 0) AS sold, sum(l.line_total) AS earned
  FROM public.products AS p LEFT JOIN public.order_lines AS l ON l.product_id = p.id
  GROUP BY p.id, p.name;
CREATE UNIQUE INDEX product_sales_product ON public.product_sales (product_id);

CREATE MATERIALIZED VIEW stock.levels_not_yet_counted AS
  SELECT warehouse_id, product_id, sum(CASE kind WHEN 'out' THEN -quantity ELSE quantity END) AS level
  FROM stock.movements GROUP BY warehouse_id, product_id
  WITH NO DATA;

CREATE FUNCTION public.full_name(customer public.customers) RETURNS text
  LANGUAGE sql STABLE AS $$ SELECT customer.first_name || ' ' || customer.last_name $$;

CREATE FUNCTION public.orders_between(since date, until date DEFAULT 'infinity', VARIADIC wanted public.order_status[] DEFAULT '{}')
  RETURNS TABLE (id bigint, ordered_on date, status public.order_status)
  LANGUAGE plpgsql STABLE ROWS 500 SECURITY DEFINER SET search_path = pg_catalog
AS $body$
BEGIN
  -- Quotes and $$ inside a body are where naive dumps break: 'it''s $$ fine'.
  RETURN QUERY SELECT o.id, o.ordered_on, o.status FROM public.orders AS o
    WHERE o.ordered_on >= since AND o.ordered_on < until AND (wanted = '{}' OR o.status = ANY (wanted));
END
$body$;
COMMENT ON FUNCTION public.orders_between(date, date, public.order_status[]) IS 'Orders of a time; without statuses, all of them';

CREATE PROCEDURE stock.next_pallet(INOUT number integer DEFAULT NULL)
  LANGUAGE plpgsql AS $$ BEGIN number := nextval('stock."Numéro de palette"'); END $$;

CREATE AGGREGATE public.longest(text) (
  SFUNC = pg_catalog.text_larger, STYPE = text
);

CREATE FUNCTION public.remember_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END
$$;
CREATE TRIGGER remember_update BEFORE UPDATE ON public.products
  FOR EACH ROW WHEN ((OLD.name, OLD.price, OLD.status) IS DISTINCT FROM (NEW.name, NEW.price, NEW.status)) EXECUTE FUNCTION public.remember_update();

CREATE FUNCTION stock.refuse_empty_movement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.quantity = 0 THEN
    RAISE EXCEPTION 'Un mouvement vide n''en est pas un (produit %)', NEW.product_id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER "refuse les mouvements vides" BEFORE INSERT OR UPDATE OF quantity ON stock.movements
  FOR EACH ROW EXECUTE FUNCTION stock.refuse_empty_movement();
CREATE TRIGGER touched_on_import AFTER INSERT ON public.orders
  FOR EACH ROW WHEN (NEW.note = 'import') EXECUTE FUNCTION stock.refuse_empty_movement();
ALTER TABLE public.orders DISABLE TRIGGER touched_on_import;

ALTER TABLE public.customers ENABLE ROW LEVEL SECURITY;
CREATE POLICY customers_of_own_country ON public.customers FOR SELECT
  USING (country = current_setting('shop.country', true)::character(2));
CREATE POLICY "pas d'autre pays" ON public.customers AS RESTRICTIVE FOR UPDATE
  USING (true) WITH CHECK (country = current_setting('shop.country', true)::character(2));
ALTER TABLE "Comptabilité"."Écritures 🧾" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "comptables seulement" ON "Comptabilité"."Écritures 🧾"
  USING (pg_has_role(current_user, 'pg_read_all_data', 'MEMBER'));

COMMENT ON TABLE public.orders IS 'One partition a year, and one for what fits nowhere';
COMMENT ON COLUMN public.products.words IS 'For the search; the name weighs more than the description';
COMMENT ON COLUMN public.suppliers."contact ""direct"" ☎" IS 'L''adresse de la personne, pas du standard';
COMMENT ON CONSTRAINT one_promotion_at_a_time ON public.promotions IS E'Two lines,\nthe second one with a \\ in it';
COMMENT ON INDEX public."clients par ville 🏙" IS 'Pour la tournée 🚚';
COMMENT ON VIEW public."Chiffre d'affaires par mois 📈" IS 'Ce que le patron regarde le lundi';
COMMENT ON TRIGGER "refuse les mouvements vides" ON stock.movements IS 'Voir la note du 3 mars';
COMMENT ON POLICY "comptables seulement" ON "Comptabilité"."Écritures 🧾" IS 'Lecture seule pour les autres : rien';

-- Counters in mid-flight: a restore that starts them again at 1 hands out numbers twice.
SELECT setval('public.categories_id_seq', 480), setval('public.customers_id_seq', max(id)) FROM public.customers;
SELECT setval('"Comptabilité"."Écritures 🧾_n°_seq"', max("n°")) FROM "Comptabilité"."Écritures 🧾";
SELECT setval('public.invoice_numbers', 71234, true), setval('stock."Numéro de palette"', 31999, false);
SELECT nextval('public.invoice_numbers'), nextval('stock."Numéro de palette"'), nextval('stock."Numéro de palette"');
