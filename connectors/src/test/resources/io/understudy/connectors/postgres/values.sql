INSERT INTO numbers VALUES
  (1, 32767, 2147483647, 9223372036854775807, 'NaN', 'NaN', 'NaN', 'NaN', 0.5, 4294967295, true, '$92233720368547758.07', 'a', '18446744073709551615', 'FFFFFFFF/FFFFFFFF'),
  (2, -32768, -2147483648, -9223372036854775808, 'Infinity', '-Infinity', 'Infinity', -0.00, -1e499, 0, false, '-$92233720368547758.08', '\200', '0', '0/0'),
  (3, 0, 0, 0, '-0', '-0', '-Infinity', 12345678.90, 0, 1, NULL, 0.01, '', NULL, '1/2'),
  (4, 1, 1, 1, 1e-45, 5e-324, 1e-1000, 1.10, 1, 1, true, -0.05, ' ', NULL, NULL),
  (5, 1, 1, 1, 3.4028235e38, 1.7976931348623157e308, 10::numeric ^ 1000 + 0.00001, 1, 1, 1, true, 1234.5, '\\', NULL, NULL),
  (6, 1, 1, 1, 0.1, 0.1, 0.10000000000000000000000000000, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (7, 1, 1, 1, 1e6, 1e15, 1.50, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (8, 1, 1, 1, 16777217, 9007199254740993, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (9, 1, 1, 1, 1.17549435e-38, 2.2250738585072014e-308, 0.0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO times VALUES
  (1, 'infinity', '24:00:00', '23:59:59.99', '24:00:00-15:59', 'infinity', '-infinity', 'infinity', '178000000 years', '1 day'),
  (2, '-infinity', '00:00:00', '00:00', '00:00:00+15:59:59', '-infinity', 'infinity', '-infinity', '-178000000 years -11 mons -30 days -23:59:59.999999', '-2 days 00:00:00.01'),
  (3, '4713-01-01 BC', '23:59:59.999999', NULL, '12:34:56.789012+05:45', '4713-01-01 00:00:00 BC', '0044-03-15 12:00:00.123 BC', '4713-01-02 00:00:00+00 BC', '1 mon -1 days +00:00:01', NULL),
  (4, '5874897-12-31', '00:00:00.000001', NULL, '00:00:00.000001-08', '294276-12-31 23:59:59.999999', '10000-01-01', '294276-12-31 23:59:59.999999+00', '-00:00:00.000001', NULL),
  (5, '0001-12-31 BC', '12:00', NULL, '12:00+00', '0001-01-01', '1582-10-10', '1883-11-18 12:03:58-04:56:02', '00:00:00', NULL),
  (6, '2024-02-29', '12:00', NULL, '02:30+01', '1970-01-01 00:00:00.000001', '2024-03-31 02:30', '2024-03-31 02:30 Europe/Berlin', '1 year 2 mons 3 days 04:05:06.7', NULL);
INSERT INTO texts VALUES
  (1, '', '', '', '', '', 'null', 'null', '$', '', '00000000-0000-0000-0000-000000000000', '', '00000', '', '', '', '', ''),
  (2, 'NULL', 'null', 'NULL', '"', 'ÄÖÜ', '{"a" :  1.0, "a": "\u0001é"}', '{"a" :  1.0, "b": "\u0001é", "n": 1e400}', '$.a[*] ? (@ > 1)', '<a b="c">&lt;d/&gt;</a>', 'ffffffff-ffff-ffff-ffff-ffffffffffff', '\x00ff5c27', '11111', '0', 'a:1A ''it''''s'':2 ''\\'':3', '''a b'' & !c:AB <3> d:*', 'a=>"x => \"y\", \\", b=>NULL, "c d"=>""', 'A.b_1.C'),
  (3, E'tab\tlf\ncr\rback\\slash\bquote''"`$$\\N\\.', E'\n', E' \n  ', 'x', E'\\', '[]', '[]', '$', '<a/>', NULL, '\x', '10101', repeat('01', 1000)::varbit, NULL, NULL, NULL, NULL),
  (4, '𝄞 grinning 😀 combining e' || chr(769) || ' nbsp' || chr(160) || ' bom' || chr(65279) || ' rtl' || chr(8238), '  x  ', 'x  ', NULL, NULL, NULL, NULL, NULL, '<?xml version="1.0"?><ä>€</ä>', NULL, decode(repeat('00ff', 20000), 'hex'), NULL, NULL, NULL, NULL, NULL, NULL),
  (5, repeat('large é', 100000), NULL, NULL, NULL, NULL, ('"' || repeat('x', 100000) || '"')::json, ('"' || repeat('x', 100000) || '"')::jsonb, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (6, '__debezium_unavailable_value', 'unchanged', '\N', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '\x5f5f646562657a69756d5f756e617661696c61626c655f76616c7565', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO places VALUES
  (1, '(1e-300,-0)', '{1,2,3}', '[(0,0),(1e300,1)]', '(3,4),(1,2)', '[(0,0),(1,1),(2,0)]', '((0,0),(1,1),(2,0))', '<(1.5,2.25),0.1>', '192.168.0.1/24', '10.0.0.0/8', '08:00:2b:01:02:03', '08:00:2b:01:02:03:04:05', '(1,2),(3,4)'),
  (2, '(NaN,Infinity)', '{0.1,-1,0}', NULL, NULL, '((0,0),(1,1),(2,0))', NULL, NULL, '::ffff:1.2.3.4/128', '2001:db8::/32', NULL, NULL, NULL),
  (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '0.0.0.0/0', '::/0', NULL, NULL, NULL);
INSERT INTO own VALUES
  (1, 'it''s "fine", \ or {not}', '("so, so","infinity")', 12.30, 50.00, '\x5c78', ROW(ROW('a "b", (c)', '{1,NULL,3}'), '-infinity', '\x0001'), 'today', 'not a number', '[1.5,Infinity)', '978-0-393-04002-9'),
  (2, 'sad', '(,)', 0, NULL, '', ROW(NULL, NULL, NULL), 'never', '', 'empty', NULL),
  (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO many VALUES
  (1, '{1,NULL,-2147483648}', ARRAY['', 'NULL', NULL, 'a,b', '{}', E'back\\slash "q"', E'\n'], '{{a,b},{c,NULL}}', ARRAY['\x00'::bytea, '\x5c', NULL], '{1.0,NaN,-999.9}', '{infinity,"0044-03-15 BC"}', '{-infinity,"2024-01-01 00:00:00.1+00"}', '{"so so",NULL}', ARRAY[ROW(ROW('x', '{}'), NULL, '\x01')]::outer_pair[], '{(1,1),(0,0);(2,2),(1,1)}', '[2024-01-01,infinity]', '{[1,3),[5,)}', '{empty,"(,)","[1,5)"}', ARRAY['a=>"1,2"'::hstore, NULL], '{"1 mon","-00:00:01"}', '{$1.00,"$1,000.00"}'),
  (2, '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', 'empty', '{}', '{}', '{}', '{}', '{}'),
  (3, '[-1:1]={1,2,3}', '[5:5]={x}', '[0:1][3:4]={{a,b},{c,d}}', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO system VALUES (1, 'public.many', 'public.mood', 'pg_catalog.lower(text)', 'other', '10:20:10,14', '(4294967295,65535)'), (2, 'pg_catalog.pg_class', 'integer[]', NULL, 'pg_catalog', NULL, '(0,1)');
INSERT INTO text_key VALUES ('', 1), (' ', 2), ('A', 3), ('a', 4), (E'\n', 5), ('ä', 6), ('a' || chr(776), 7);
UPDATE text_key SET v = v + 10;
UPDATE text_key SET k = k || 'x';
INSERT INTO time_key VALUES ('infinity', '\x', 'NaN', 'NaN', '1 mon', 1), ('0001-01-01 BC', '\x00', '-0', 1.10, '30 days', 2);
UPDATE time_key SET v = v + 10;
UPDATE time_key SET i = i + '1 day', n = n * 2;
