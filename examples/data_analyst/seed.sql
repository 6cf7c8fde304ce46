-- The shop's sales of a few days: what the analyst looks at.
CREATE TABLE products (name TEXT PRIMARY KEY, price REAL NOT NULL);
CREATE TABLE sales (
    day TEXT NOT NULL,
    region TEXT NOT NULL,
    product TEXT NOT NULL REFERENCES products (name),
    pieces INTEGER NOT NULL,
    amount REAL NOT NULL
);
INSERT INTO products VALUES ('camera', 84.5), ('jacket', 61.25), ('bottle', 12.75), ('torch', 23.9);
INSERT INTO sales VALUES
    ('2026-03-02', 'north', 'camera', 2, 169.0),
    ('2026-03-02', 'south', 'bottle', 10, 127.5),
    ('2026-03-02', 'west', 'torch', 4, 95.6),
    ('2026-03-03', 'north', 'jacket', 3, 183.75),
    ('2026-03-03', 'south', 'camera', 1, 84.5),
    ('2026-03-03', 'east', 'bottle', 6, 76.5),
    ('2026-03-04', 'west', 'jacket', 2, 122.5),
    ('2026-03-04', 'east', 'torch', 5, 119.5),
    ('2026-03-04', 'north', 'bottle', 8, 102.0),
    ('2026-03-05', 'south', 'jacket', 4, 245.0),
    ('2026-03-05', 'east', 'camera', 1, 84.5),
    ('2026-03-05', 'west', 'bottle', 2, 25.5);
