"""Foundation of all rooms: database, jobs, realtime, settings. It knows nothing of the product."""
