"""An analyst of a real SQLite database: looks at tables, computes, and draws a chart."""
