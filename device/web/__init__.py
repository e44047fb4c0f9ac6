"""The dashboard on the therapist's tablet."""
