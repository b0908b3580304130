"""What the therapist reads beside the id of a safety rule, from a file: instruments are immutable once answered."""
