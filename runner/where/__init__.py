"""`where`: conditions on facts, which keep or drop what a source found."""
