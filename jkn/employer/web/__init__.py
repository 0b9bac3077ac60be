"""Pages for those who act for an employer."""
