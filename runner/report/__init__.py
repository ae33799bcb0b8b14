"""What people and programs are shown: pure functions from plans and journals to text and JSON values."""
