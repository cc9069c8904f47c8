"""System checks for settings that are dangerous, each with a number that never changes."""
