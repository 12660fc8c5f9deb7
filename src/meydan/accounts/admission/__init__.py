"""Admission: staff open communities that wait for approval, and free contacts for their new owners."""
