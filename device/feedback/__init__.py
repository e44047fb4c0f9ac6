"""From form to one cue and one light."""
