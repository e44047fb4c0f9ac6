"""Builds the quantized MoveNet files from Google's published weights; see README.md in this folder."""
