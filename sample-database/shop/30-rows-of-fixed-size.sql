-- Rows whose number does not depend on the scale. Everything is a function of the row's number, so that two machines
-- make the same shop. pg_temp holds the tools: they vanish with the session and never reach a dump.

CREATE FUNCTION pg_temp.pick(n bigint, salt bigint, size integer) RETURNS integer
  LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN abs(hashint8extended(n, salt) % size)::integer;

CREATE FUNCTION pg_temp.rows_at_scale(base integer) RETURNS bigint
  LANGUAGE sql STABLE
  RETURN greatest(1, round(base * current_setting('shop.scale')::numeric))::bigint;

CREATE TEMPORARY TABLE words ON COMMIT DROP AS
  SELECT ordinality::integer - 1 AS number, word
  FROM regexp_split_to_table(
    'table chaise lampe vélo théière étagère câble écran clavier sac à dos montre bottes écharpe gants couteau poêle '
    'casserole coussin tapis rideau miroir cadre horloge bougie vase panier boîte coffre valise parapluie tente gourde '
    'rouge bleu vert jaune noir blanc gris rose doré argenté léger solide pliable étanche réglable rechargeable ancien '
    'moderne petit grand rond carré doux robuste pratique joli simple rapide silencieux fragile the quality is very '
    'good and delivery was quick but box arrived slightly damaged on one corner would buy again for my sister kitchen '
    'we use it every day since last winter no complaint so far colour differs from picture a little bit still happy '
    'customer service answered within an hour great value money recommend this to anyone who likes cooking hiking '
    'reading gardening cycling nach drei Wochen noch wie neu größer als gedacht schöne Farbe gerne wieder пять звёзд '
    '品質 とても 良い 👍 🚲 ☕ naïve façade œuvre cœur Noël über straße señor mañana',
    '\s+') WITH ORDINALITY AS list (word, ordinality);

-- 600 phrases, picked by number later: text that repeats itself at a distance, as letters and templates do.
CREATE TEMPORARY TABLE phrases ON COMMIT DROP AS
  WITH size AS (SELECT count(*)::integer AS words FROM words)
  SELECT p AS number, string_agg(word, ' ' ORDER BY k) || '.' AS phrase
  FROM size, generate_series(0, 599) AS p, generate_series(1, 21) AS k, words
  WHERE words.number = pg_temp.pick(p * 100 + k, 11, words) AND k <= 9 + p % 13
  GROUP BY p;
ANALYZE words, phrases;

INSERT INTO public.countries (code, name, vat_rate, name_in) VALUES
  ('FR', 'France', 0.200, '{"de": "Frankreich", "ja": "フランス"}'),
  ('BE', 'Belgique', 0.210, '{"nl": "België"}'),
  ('DE', 'Deutschland', 0.190, '{"fr": "Allemagne"}'),
  ('ES', 'España', 0.210, '{"fr": "Espagne"}'),
  ('IT', 'Italia', 0.220, '{}'),
  ('CH', 'Schweiz', 0.081, '{"fr": "Suisse", "it": "Svizzera"}'),
  ('CI', 'Côte d''Ivoire', 0.180, '{}'),
  ('JP', '日本', 0.100, '{"fr": "Japon"}');

INSERT INTO public.categories (id, parent_id, name, path)
  SELECT n * 10, CASE WHEN n > 6 THEN (n % 6 + 1) * 10 END, initcap(word) || ' ' || n,
    CASE WHEN n > 6 THEN ARRAY['root', 'c' || (n % 6 + 1), 'c' || n] ELSE ARRAY['root', 'c' || n] END
  FROM generate_series(1, 48) AS n JOIN words ON words.number = pg_temp.pick(n, 21, 60);

INSERT INTO public.suppliers ("Raison sociale", "N° de TVA", "contact ""direct"" ☎", address, delivers_on, opening_hours)
  SELECT 'Établissements ' || initcap(word) || ' & Fils n° ' || n,
    CASE WHEN n % 7 > 0 THEN 'FR' || lpad(pg_temp.pick(n, 22, 1000000000)::text, 11, '0') END,
    'contact' || n || '@fournisseur-' || n || '.example',
    ROW (n || ' rue de l''Église', lpad((n * 631)::text, 5, '0'), 'Saint-Étienne', 'FR')::public.postal_address,
    CASE WHEN n % 3 = 0 THEN '{}' ELSE ARRAY[1, n % 7] END,
    CASE WHEN n % 4 > 0 THEN ARRAY[int4range(8, 12), int4range(14, 18 + n % 3)] END
  FROM generate_series(1, 60) AS n JOIN words ON words.number = pg_temp.pick(n, 23, 60);

INSERT INTO public.products
  (sku, category_id, supplier_id, name, description, status, price, vat_rate, tags, attributes, weight_kg, updated_at)
  SELECT 'SKU-' || upper(substr(md5('sku' || n), 1, 10)), (pg_temp.pick(n, 31, 48) + 1) * 10, pg_temp.pick(n, 32, 60) + 1,
    initcap(w.word) || ' ' || v.word || ' n° ' || n, p.phrase || E'\n' || q.phrase,
    (enum_range(NULL::public.product_status))[1 + pg_temp.pick(n, 33, 4)],
    1 + pg_temp.pick(n, 34, 40000) / 100.0, (ARRAY[0.2, 0.055, 0.1])[1 + n % 3],
    CASE WHEN n % 5 = 0 THEN '{}' ELSE ARRAY[v.word, 'lot ' || n % 9, 'l''été'] END,
    jsonb_build_object('colour', v.word, 'sizes', jsonb_build_array(n % 40, n % 7, NULL), 'weight', jsonb_build_object('g', n * 3)),
    CASE WHEN n % 11 > 0 THEN n / 7.0 END, timestamptz '2025-06-01 08:00:00+00' - n * interval '37 minutes'
  FROM generate_series(1, 2000) AS n
  JOIN words AS w ON w.number = pg_temp.pick(n, 35, 33) JOIN words AS v ON v.number = 33 + pg_temp.pick(n, 36, 28)
  JOIN phrases AS p ON p.number = pg_temp.pick(n, 37, 600) JOIN phrases AS q ON q.number = pg_temp.pick(n, 38, 600);

-- 4 KB each, of the kind that no compressor makes smaller.
INSERT INTO public.product_photos (product_id, position, bytes)
  SELECT n, 1 + n % 2, decode(string_agg(md5(n || '/' || k), '' ORDER BY k), 'hex')
  FROM generate_series(1, 240) AS n, generate_series(1, 256) AS k GROUP BY n;

-- Large objects under fixed numbers, so that the table of their numbers is the same everywhere: 32 bytes to 260 KB.
INSERT INTO public.documents (title, content, sha256)
  SELECT 'Notice n° ' || n || CASE WHEN n = 3 THEN ' « sécurité » ⚠️' ELSE '' END,
    lo_from_bytea((990000 + n)::oid, bytes), sha256(bytes)
  FROM generate_series(1, 12) AS n, LATERAL (
    SELECT decode(string_agg(md5('notice' || n || '/' || k), '' ORDER BY k), 'hex') AS bytes
    FROM generate_series(1, 2 + (n - 1) * 1500) AS k
  ) AS made;
COMMENT ON LARGE OBJECT 990003 IS 'Notice de sécurité, à joindre à chaque colis';

INSERT INTO public.promotions (code, category_id, percent, valid)
  SELECT 'PROMO-' || n, (n % 48 + 1) * 10, 5 + n % 40 / 2.0,
    daterange(date '2023-01-01' + n * 20, CASE WHEN n < 150 THEN date '2023-01-01' + n * 20 + 12 END)
  FROM generate_series(1, 190) AS n;

INSERT INTO stock.warehouses (id, name, location, country) VALUES
  (1, 'Entrepôt « Nord »', point(50.63, 3.06), 'FR'),
  (2, 'Lager München', point(48.13, 11.58), 'DE'),
  (3, 'Magatzem O''Higgins', point(41.38, 2.17), 'ES'),
  (4, '倉庫 🏭', NULL, 'JP');

INSERT INTO stock."Réservations d'entrepôt" (warehouse_id, "période", "qui ?")
  SELECT 1 + n % 4, tsrange(timestamp '2025-01-01' + n * interval '6 hours', timestamp '2025-01-01' + n * interval '6 hours' + interval '1 day'),
    'équipe ' || n % 7
  FROM generate_series(1, 400) AS n;
