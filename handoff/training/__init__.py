"""What trainers do: answers put right, messages put to their topic, models made and published."""
