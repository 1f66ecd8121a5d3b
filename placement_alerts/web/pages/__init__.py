"""The pages that everybody may read: the start page, the placement statistics, the placement policy."""
