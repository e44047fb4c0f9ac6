"""A clip or a pose log that is measured afterwards, by the live analyzer."""
