"""`meydan seed`: fills a tenant with made-up people, and a month of their activity."""
