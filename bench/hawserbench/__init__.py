"""Side-by-side measurements of TLS passthrough proxies on one machine."""
