-- The big tables: some 60 MB at scale 1, and so many times more at a larger one.

INSERT INTO public.customers (id, email, first_name, last_name, country, address, born_on, preferences, password_hash, created_at)
  SELECT n, 'client' || n || '.' || substr(md5('mail' || n), 1, 6) || '@example.org',
    (ARRAY['Zoé', 'Léa', 'Chloé', 'Noël', 'Jürgen', 'Anaïs', 'José', 'Ingrid', '花子', 'Søren', 'Fatou', 'O''Neil'])[1 + pg_temp.pick(n, 41, 12)],
    initcap(w.word) || (ARRAY['', '-Dupont', ' Müller', ' y García', ' d''Arc'])[1 + n % 5],
    (ARRAY['FR', 'FR', 'FR', 'BE', 'DE', 'ES', 'IT', 'CH', 'CI', 'JP'])[1 + pg_temp.pick(n, 42, 10)],
    CASE WHEN n % 19 > 0 THEN
      ROW (pg_temp.pick(n, 43, 200) || ' rue du ' || w.word, lpad(pg_temp.pick(n, 44, 95999)::text, 5, '0'), initcap(v.word), 'FR')::public.postal_address
    END,
    CASE WHEN n % 13 > 0 THEN date '1940-01-01' + pg_temp.pick(n, 45, 25000) END,
    jsonb_build_object('newsletter', n % 3 = 0, 'language', (ARRAY['fr', 'en', 'de'])[1 + n % 3], 'token', left(md5('token' || n), 8)),
    decode(md5('secret' || n), 'hex'),
    timestamptz '2022-12-01 00:00:00+00' + n % 100000 * interval '14 minutes 3.25 seconds'
  FROM generate_series(1, pg_temp.rows_at_scale(12000)) AS n
  JOIN words AS w ON w.number = pg_temp.pick(n, 46, 120) JOIN words AS v ON v.number = pg_temp.pick(n, 47, 60);

-- One order in a hundred is older than every year's partition and lands in the default one.
INSERT INTO public.orders (id, ordered_on, customer_id, status, reference, total, ship_to, note)
  SELECT n, CASE WHEN n % 100 = 0 THEN date '2021-05-05' ELSE date '2023-01-01' + (n % 1090)::integer END,
    1 + abs(hashint8extended(n, 51) % pg_temp.rows_at_scale(12000)),
    (enum_range(NULL::public.order_status))[1 + pg_temp.pick(n, 52, 6)], md5('order' || n)::uuid,
    5 + pg_temp.pick(n, 53, 90000) / 100.0,
    CASE WHEN n % 4 = 0 THEN ROW (n % 300 || ' quai "des Brumes"', '35400', 'Saint-Malo', 'FR')::public.postal_address END,
    CASE WHEN n % 6 = 0 THEN p.phrase END
  FROM generate_series(1, pg_temp.rows_at_scale(24000)) AS n JOIN phrases AS p ON p.number = pg_temp.pick(n, 54, 600);

INSERT INTO public.order_lines (order_id, ordered_on, line, product_id, quantity, unit_price)
  SELECT o.id, o.ordered_on, line, 1 + pg_temp.pick(o.id * 8 + line, 61, 2000), 1 + pg_temp.pick(o.id * 8 + line, 62, 5),
    1 + pg_temp.pick(o.id * 8 + line, 63, 40000) / 100.0
  FROM public.orders AS o, generate_series(1, 1 + pg_temp.pick(o.id, 64, 2)) AS line;

INSERT INTO public.payments (order_id, ordered_on, amount, method, transaction_id, paid_at)
  SELECT id, ordered_on, total, (ARRAY['carte', 'virement', 'PayPal', 'chèque'])[1 + pg_temp.pick(id, 71, 4)], 'TX-' || id % 9973 || '-' || left(md5('payment' || id), 10),
    CASE WHEN id % 23 > 0 THEN ordered_on + pg_temp.pick(id, 72, 86400) * interval '1 second' END
  FROM public.orders WHERE id % 9 > 0;

INSERT INTO public.reviews (product_id, customer_id, stars, title, body, written_at)
  SELECT 1 + pg_temp.pick(n, 81, 2000), 1 + abs(hashint8extended(n, 82) % pg_temp.rows_at_scale(12000)), 1 + pg_temp.pick(n, 83, 5),
    CASE WHEN n % 3 > 0 THEN left(q.phrase, 30) END,
    p.phrase || E'\n' || q.phrase || ' (' || left(md5('review' || n), 8) || ')',
    timestamptz '2023-02-01 09:00:00+00' + pg_temp.pick(n, 84, 90000000) * interval '1 second'
  FROM generate_series(1, pg_temp.rows_at_scale(10000)) AS n
  JOIN phrases AS p ON p.number = pg_temp.pick(n, 85, 600) JOIN phrases AS q ON q.number = pg_temp.pick(n, 86, 600);

-- Mails made from templates: most of what a real shop stores is text like this.
INSERT INTO public.messages (customer_id, sent_at, subject, headers, body)
  SELECT 1 + abs(hashint8extended(n, 121) % pg_temp.rows_at_scale(12000)),
    timestamptz '2023-01-02 07:00:00+00' + pg_temp.pick(n, 122, 90000000) * interval '1 second', t.subject || ' n° ' || n,
    jsonb_build_object('message-id', left(md5('message' || n), 16) || '@shop.example', 'content-type', 'text/html; charset=utf-8',
      'list-unsubscribe', '<https://shop.example/desabonnement?client=' || n || '>', 'x-mailer', 'shop 4.2 (Linux)'),
    '<html><head><meta charset="utf-8"><title>' || t.subject || '</title></head><body style="font-family:sans-serif;color:#222">'
      || '<table width="600" cellpadding="0" cellspacing="0" align="center"><tr><td><h1>' || t.greeting || '</h1><p>' || p.phrase
      || '</p><p>' || q.phrase || '</p><p>' || r.phrase || '</p><p><a href="https://shop.example/commandes/' || n || '">' || t.link
      || '</a></p></td></tr><tr><td style="font-size:11px">Boutique de démonstration, 1 rue de l''Exemple, 35400 Saint-Malo. '
      || 'Vous recevez ce message parce que vous avez commandé chez nous.</td></tr></table></body></html>'
  FROM generate_series(1, pg_temp.rows_at_scale(23000)) AS n
  JOIN (VALUES
    (0, 'Votre commande est confirmée', 'Merci pour votre commande !', 'Suivre ma commande'),
    (1, 'Your parcel is on its way', 'Good news: your parcel has left our warehouse', 'Track my parcel'),
    (2, 'Ihre Rechnung', 'Vielen Dank für Ihren Einkauf', 'Rechnung herunterladen'),
    (3, 'Votre avis nous intéresse', 'Êtes-vous satisfait de votre achat ?', 'Donner mon avis ⭐')
  ) AS t (kind, subject, greeting, link) ON t.kind = n % 4
  JOIN phrases AS p ON p.number = pg_temp.pick(n, 123, 600) JOIN phrases AS q ON q.number = pg_temp.pick(n, 124, 600)
  JOIN phrases AS r ON r.number = pg_temp.pick(n, 125, 600);

INSERT INTO public.visits (session, customer_id, at, address, path, details, took)
  SELECT md5('session' || n / 4)::uuid, CASE WHEN n % 5 = 0 THEN 1 + abs(hashint8extended(n, 91) % pg_temp.rows_at_scale(12000)) END,
    timestamp '2025-01-01' + n % 20000000 * interval '1.37 seconds',
    CASE WHEN n % 8 = 0 THEN inet '2001:db8::' + n ELSE inet '10.0.0.0' + n % 16777216 END,
    '/produits/' || pg_temp.pick(n, 92, 2000) || (ARRAY['', '?page=2', '#avis', '/panier'])[1 + pg_temp.pick(n, 93, 4)],
    jsonb_build_object(
      'agent', (ARRAY[
        'Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0',
        'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36',
        'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile/15E148 Safari/604.1',
        'curl/8.9.1'
      ])[1 + pg_temp.pick(n, 94, 4)],
      'ms', pg_temp.pick(n, 95, 4000), 'trace', left(md5('visit' || n), 12)),
    CASE WHEN n % 10 > 0 THEN pg_temp.pick(n, 96, 900) * interval '1 second' END
  FROM generate_series(1, pg_temp.rows_at_scale(22000)) AS n;

INSERT INTO stock.movements (warehouse_id, product_id, kind, quantity, unit_cost, moved_at)
  SELECT 1 + n % 4, 1 + pg_temp.pick(n, 101, 2000), (enum_range(NULL::stock.movement_kind))[1 + pg_temp.pick(n, 102, 3)],
    1 + pg_temp.pick(n, 103, 500), CASE WHEN n % 17 > 0 THEN sqrt(1 + pg_temp.pick(n, 104, 90000)) END,
    timestamptz '2023-01-01 00:00:00+00' + n % 3000000 * interval '31 seconds'
  FROM generate_series(1, pg_temp.rows_at_scale(20000)) AS n;

INSERT INTO "Comptabilité"."Écritures 🧾" ("n°", "date d'écriture", "compte", "libellé ""comptable""", "débit €", "crédit €")
  SELECT n * 5, date '2023-01-01' + (n % 1090)::integer, (ARRAY['411000', '512000', '707000', '445710'])[1 + n % 4],
    'Facture n° ' || 1000 + n * 7 || ' – ' || p.phrase,
    CASE WHEN n % 2 = 0 THEN pg_temp.pick(n, 111, 9000000) / 100.0 END, CASE WHEN n % 2 = 1 THEN pg_temp.pick(n, 112, 9000000) / 100.0 END
  FROM generate_series(1, pg_temp.rows_at_scale(20000)) AS n JOIN phrases AS p ON p.number = pg_temp.pick(n, 113, 600);
