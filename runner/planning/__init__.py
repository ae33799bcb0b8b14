"""Plans as data: their lines, their seal, what blocks an item, and how items form batches."""
