"""Files and databases that are whole, whatever happens while they are written."""
