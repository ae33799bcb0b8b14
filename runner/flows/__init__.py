"""Where pure code and I/O meet: planning, applying, resuming."""
