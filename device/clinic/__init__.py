"""The clinic's own records: people, patients, visits, consent, retention, audit."""
