ALTER TABLE public.countries ADD PRIMARY KEY (code);
ALTER TABLE public.categories ADD PRIMARY KEY (id);
ALTER TABLE public.suppliers ADD PRIMARY KEY (id);
ALTER TABLE public.products ADD PRIMARY KEY (id), ADD CONSTRAINT "un seul produit par référence" UNIQUE (sku);
ALTER TABLE public.product_photos ADD PRIMARY KEY (product_id, position);
ALTER TABLE public.documents ADD PRIMARY KEY (id), ADD UNIQUE (content);
ALTER TABLE public.customers ADD PRIMARY KEY (id);
ALTER TABLE public.orders ADD PRIMARY KEY (id, ordered_on);
ALTER TABLE public.order_lines ADD PRIMARY KEY (order_id, ordered_on, line);
ALTER TABLE public.payments ADD PRIMARY KEY (id);
ALTER TABLE public.reviews ADD PRIMARY KEY (id);
ALTER TABLE public.messages ADD PRIMARY KEY (id);
ALTER TABLE public.promotions ADD PRIMARY KEY (id), ADD UNIQUE (code);
ALTER TABLE public.visits ADD PRIMARY KEY (id);
ALTER TABLE stock.warehouses ADD PRIMARY KEY (id);
ALTER TABLE stock.movements ADD PRIMARY KEY (id);
ALTER TABLE stock."Réservations d'entrepôt" ADD PRIMARY KEY ("n°");
ALTER TABLE "Comptabilité"."Écritures 🧾" ADD PRIMARY KEY ("n°");

ALTER TABLE public.categories ADD FOREIGN KEY (parent_id) REFERENCES public.categories (id) ON DELETE SET NULL;
ALTER TABLE public.products
  ADD FOREIGN KEY (category_id) REFERENCES public.categories (id),
  ADD FOREIGN KEY (supplier_id) REFERENCES public.suppliers (id) ON UPDATE CASCADE,
  ADD CONSTRAINT "prix > 0" CHECK (price > 0);
ALTER TABLE public.product_photos ADD FOREIGN KEY (product_id) REFERENCES public.products (id) ON DELETE CASCADE;
ALTER TABLE public.customers
  ADD FOREIGN KEY (country) REFERENCES public.countries (code),
  ADD CHECK (born_on IS NULL OR born_on < (created_at AT TIME ZONE 'UTC')::date);
ALTER TABLE public.orders ADD FOREIGN KEY (customer_id) REFERENCES public.customers (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE public.order_lines
  ADD FOREIGN KEY (order_id, ordered_on) REFERENCES public.orders (id, ordered_on) ON DELETE CASCADE,
  ADD FOREIGN KEY (product_id) REFERENCES public.products (id),
  ADD CHECK (quantity > 0);
ALTER TABLE public.payments
  ADD FOREIGN KEY (order_id, ordered_on) REFERENCES public.orders (id, ordered_on),
  ADD CHECK (method IN ('carte', 'virement', 'PayPal', 'chèque'));
ALTER TABLE public.reviews
  ADD FOREIGN KEY (product_id) REFERENCES public.products (id),
  ADD FOREIGN KEY (customer_id) REFERENCES public.customers (id) ON DELETE CASCADE,
  ADD CHECK (stars BETWEEN 1 AND 5);
ALTER TABLE public.messages ADD FOREIGN KEY (customer_id) REFERENCES public.customers (id) ON DELETE CASCADE;
-- Never two promotions of one category on the same day; the range of one number stands in for "=" without an extension.
ALTER TABLE public.promotions
  ADD FOREIGN KEY (category_id) REFERENCES public.categories (id),
  ADD CONSTRAINT one_promotion_at_a_time EXCLUDE USING gist (int4range(category_id, category_id, '[]') WITH &&, valid WITH &&);
ALTER TABLE public.visits ADD FOREIGN KEY (customer_id) REFERENCES public.customers (id) ON DELETE SET NULL;
ALTER TABLE stock.warehouses ADD FOREIGN KEY (country) REFERENCES public.countries (code);
ALTER TABLE stock.movements
  ADD FOREIGN KEY (warehouse_id) REFERENCES stock.warehouses (id),
  ADD FOREIGN KEY (product_id) REFERENCES public.products (id);
ALTER TABLE stock."Réservations d'entrepôt"
  ADD FOREIGN KEY (warehouse_id) REFERENCES stock.warehouses (id),
  ADD CONSTRAINT "pas deux à la fois" EXCLUDE USING gist (int4range(warehouse_id, warehouse_id, '[]') WITH &&, "période" WITH &&);
ALTER TABLE "Comptabilité"."Écritures 🧾"
  ADD CONSTRAINT "débit ou crédit" CHECK (("débit €" IS NULL) <> ("crédit €" IS NULL));

CREATE INDEX products_by_tag ON public.products USING gin (tags);
CREATE INDEX products_by_attribute ON public.products USING gin (attributes jsonb_path_ops);
CREATE INDEX products_by_word ON public.products USING gin (words);
CREATE INDEX products_still_sold ON public.products (category_id, price DESC NULLS LAST) WHERE status = 'on sale';
CREATE UNIQUE INDEX customers_email ON public.customers (lower(email));
CREATE INDEX "clients par ville 🏙" ON public.customers (((address).city), last_name) INCLUDE (first_name);
CREATE INDEX orders_of_customer ON public.orders (customer_id, ordered_on DESC);
CREATE INDEX orders_unfinished ON public.orders (ordered_on) WHERE status IN ('placed', 'paid');
CREATE INDEX order_lines_of_product ON public.order_lines (product_id);
CREATE INDEX payments_of_order ON public.payments (order_id);
CREATE INDEX reviews_of_product ON public.reviews (product_id, stars) WITH (fillfactor = 85);
CREATE INDEX messages_of_customer ON public.messages (customer_id, sent_at DESC);
CREATE INDEX visits_by_time ON public.visits USING brin (at);
CREATE INDEX visits_by_session ON public.visits USING hash (session);
CREATE INDEX movements_of_product ON stock.movements (product_id, moved_at);
CREATE INDEX "écritures par mois" ON "Comptabilité"."Écritures 🧾" (date_trunc('month', "date d'écriture"::timestamp), "compte");

ALTER TABLE public.products CLUSTER ON products_pkey;
ALTER TABLE public.visits ALTER COLUMN path SET STATISTICS 500;
CREATE STATISTICS public.customers_place (dependencies, mcv) ON country, last_name FROM public.customers;
